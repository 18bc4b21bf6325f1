# Sign programs with the certificate in WINDOWS_CERTIFICATE (a .pfx file as base64) and WINDOWS_CERTIFICATE_PASSWORD.
param([Parameter(Mandatory, ValueFromRemainingArguments)][string[]]$Programs)
$ErrorActionPreference = "Stop"

$tool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe" | Sort-Object FullName | Select-Object -Last 1
$certificate = Join-Path ([IO.Path]::GetTempPath()) "signing-$([guid]::NewGuid()).pfx"
try {
    [IO.File]::WriteAllBytes($certificate, [Convert]::FromBase64String($env:WINDOWS_CERTIFICATE))
    & $tool.FullName sign /fd SHA256 /tr http://timestamp.digicert.com /td SHA256 /f $certificate /p $env:WINDOWS_CERTIFICATE_PASSWORD $Programs
    if ($LASTEXITCODE) { exit $LASTEXITCODE }
}
finally {
    Remove-Item $certificate -Force -ErrorAction SilentlyContinue
}
