# Install without a window, run the self-test, and remove again; a person's files have to stay.
param([Parameter(Mandatory)][string]$Installer)
$ErrorActionPreference = "Stop"

function Assert($Condition, $Sentence) {
    if (-not $Condition) { throw $Sentence }
    Write-Output "ok  $Sentence"
}

$folder = "$env:LOCALAPPDATA\Programs\Fewshot"
$data = "$env:LOCALAPPDATA\fewshot-gui\a file of mine.txt"
New-Item -Force (Split-Path $data) -ItemType Directory | Out-Null
Set-Content $data "mine"

$installing = Start-Process $Installer "/S" -Wait -PassThru
Assert ($installing.ExitCode -eq 0) "the installer ends with exit code 0"
& "$folder\fewshot-gui.exe" self-test
Assert ($LASTEXITCODE -eq 0) "the self-test passes"
$command = (Get-ItemProperty "HKCU:\Software\Classes\Fewshot.Project\shell\open\command")."(default)"
Assert ($command -eq "`"$folder\Fewshot.exe`" `"%1`"") "projects open with the program"

Start-Process "$folder\Uninstall.exe" "/S" -Wait
for ($second = 0; (Test-Path $folder) -and $second -lt 60; $second++) { Start-Sleep 1 }  # it goes on from a copy of itself
Assert (-not (Test-Path $folder)) "nothing is left of the program"
Assert (-not (Test-Path "HKCU:\Software\Classes\Fewshot.Project")) "nothing is left of the file type"
Assert (Test-Path $data) "the files of the person are still there"
