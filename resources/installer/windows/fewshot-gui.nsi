; Windows installer of the folder application, per user: no administrator is asked for and none is needed.
;
;   makensis -DAPPLICATION=dist\fewshot-gui -DVERSION=0.1.0 -DICON=fewshot.ico -DOUTPUT=Fewshot-0.1.0.exe fewshot-gui.nsi
;
; Fewshot-0.1.0.exe /S [/D=C:\folder]   installs without a window; exit code 0: done, 2: the program is running.
; Uninstall.exe /S                      removes without a window.
; -DSIGN_COMMAND="..."                  a command that signs the file named after it; also applied to Uninstall.exe.

Unicode true
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
SetCompressor /SOLID lzma

!include "MUI2.nsh"
!include "FileFunc.nsh"

!define PROGRAM "Fewshot"
!define PROGRAM_CLASS "Fewshot.Project"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${PROGRAM}"

Name "${PROGRAM}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${PROGRAM}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${PROGRAM} ${VERSION}"

!ifdef SIGN_COMMAND
  !finalize '${SIGN_COMMAND} "%1"' = 0
  !uninstfinalize '${SIGN_COMMAND} "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\Fewshot.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; A running program keeps its files open: replacing half of them would leave two versions mixed.
!macro StopIfRunning un
  Function ${un}StopIfRunning
    IfFileExists "$INSTDIR\Fewshot.exe" 0 done
    try:
      ClearErrors
      FileOpen $0 "$INSTDIR\Fewshot.exe" a
      IfErrors running
      FileClose $0
      Goto done
    running:
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${PROGRAM} is running. Close it and try again." /SD IDCANCEL IDRETRY try
      SetErrorLevel 2
      Quit
    done:
  FunctionEnd
!macroend
!insertmacro StopIfRunning ""
!insertmacro StopIfRunning "un."

; Only what an installer has put there: a person may have chosen a folder with other things in it.
!macro RemoveProgram
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\Fewshot.exe"
  Delete "$INSTDIR\fewshot-gui.exe"
  Delete "$INSTDIR\fewshot.ico"
  Delete "$INSTDIR\Uninstall.exe"
!macroend

Section "Install"
  Call StopIfRunning
  !insertmacro RemoveProgram
  SetOutPath "$INSTDIR"
  File /r "${APPLICATION}\*.*"
  File "/oname=fewshot.ico" "${ICON}"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${PROGRAM}.lnk" "$INSTDIR\Fewshot.exe"

  WriteRegStr HKCU "Software\Classes\.fewshot" "" "${PROGRAM_CLASS}"
  WriteRegStr HKCU "Software\Classes\.fewshot\OpenWithProgids" "${PROGRAM_CLASS}" ""
  WriteRegStr HKCU "Software\Classes\${PROGRAM_CLASS}" "" "Fewshot project"
  WriteRegStr HKCU "Software\Classes\${PROGRAM_CLASS}\DefaultIcon" "" "$INSTDIR\fewshot.ico"
  WriteRegStr HKCU "Software\Classes\${PROGRAM_CLASS}\shell\open\command" "" '"$INSTDIR\Fewshot.exe" "%1"'
  ${RefreshShellIcons}

  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\fewshot.ico"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "The Fewshot project"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" "$0"
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

; Projects, settings, downloaded encoders and the cache lie elsewhere and stay.
Section "Uninstall"
  Call un.StopIfRunning
  !insertmacro RemoveProgram
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${PROGRAM}.lnk"
  ReadRegStr $0 HKCU "Software\Classes\.fewshot" ""
  StrCmp $0 "${PROGRAM_CLASS}" 0 +2
    DeleteRegValue HKCU "Software\Classes\.fewshot" ""
  DeleteRegValue HKCU "Software\Classes\.fewshot\OpenWithProgids" "${PROGRAM_CLASS}"
  DeleteRegKey /ifempty HKCU "Software\Classes\.fewshot\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\.fewshot"
  DeleteRegKey HKCU "Software\Classes\${PROGRAM_CLASS}"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
  ${RefreshShellIcons}
SectionEnd
