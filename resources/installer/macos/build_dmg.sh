#!/bin/bash
# Make a disk image of Fewshot.app: build_dmg.sh dist/Fewshot.app dist/Fewshot-0.1.0.dmg
#
# Signs and notarises where these are set; without them, macOS asks before the first start:
#   SIGNING_IDENTITY   "Developer ID Application: ..." in a keychain that is open
#   NOTARY_PROFILE     credentials kept by "xcrun notarytool store-credentials"
set -euo pipefail
application=$1 image=$2
here=$(cd "$(dirname "$0")" && pwd)

if [ -n "${SIGNING_IDENTITY:-}" ]; then
    # From the inside out: the seal of the application covers what it holds.
    find "$application/Contents" -type f \( -name "*.dylib" -o -name "*.so" -o -name torch_shm_manager \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY"
    codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$SIGNING_IDENTITY" "$application"
    codesign --verify --deep --strict "$application"
fi

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -R "$application" "$staging/"
ln -s /Applications "$staging/Applications"
hdiutil create -volname Fewshot -srcfolder "$staging" -format ULFO -ov "$image"

if [ -n "${SIGNING_IDENTITY:-}" ]; then
    codesign --force --timestamp --sign "$SIGNING_IDENTITY" "$image"
fi
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
