"""`charplay --show-completion` and `charplay --install-completion`: the scripts that make shells ask at the tab key."""

import os
from collections.abc import Callable
from pathlib import Path

from charplay.cli.errors import UsageError
from charplay.cli.output import print_safe

# A slice up to COMP_POINT, since the cursor may stand within the line; no error may appear in it.
BASH = """\
_charplay_completion() {
    local found
    COMPREPLY=()
    while IFS= read -r found; do
        COMPREPLY+=("$found")
    done < <(env _CHARPLAY_COMPLETE=complete_bash COMP_LINE="${COMP_LINE:0:COMP_POINT}" \\
        COMP_WORDBREAKS="$COMP_WORDBREAKS" "${1/#\\~/$HOME}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o bashdefault -o default -F _charplay_completion charplay"""

# A file in `fpath` is run at the first tab as the function itself; one that is sourced must announce itself.
ZSH = """\
#compdef charplay
_charplay_completion() {
    eval "$(env _CHARPLAY_COMPLETE=complete_zsh _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT]}" \\
        ${~words[1]} 2>/dev/null)"
}
if [[ ${funcstack[1]} == _charplay ]]; then
    _charplay_completion "$@"
else
    compdef _charplay_completion charplay
fi"""

FISH = """\
complete --command charplay --no-files --arguments '(env _CHARPLAY_COMPLETE=complete_fish \
_TYPER_COMPLETE_ARGS=(commandline -cp | string collect) charplay 2>/dev/null)'"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def run(option: str, shell: str = "", *further: str) -> int:
    """Show or install the script of a shell, of the one that SHELL names where none is given; return the exit code."""
    if further:
        raise UsageError(f"{option} takes one shell, not {1 + len(further)}")
    known = shell or Path(os.environ.get("SHELL", "")).name
    if known not in SCRIPTS:
        names = ", ".join(SCRIPTS)
        raise UsageError(f"there is completion for {names}, not for {known!r}; name the shell, as in {option} bash")
    if option == "--show-completion":
        print(SCRIPTS[known])
        return 0
    path = INSTALLERS[known](SCRIPTS[known] + "\n")
    print_safe(f"{known} completes charplay's words from its next start on ({path})")
    return 0


def _install_bash(script: str) -> Path:
    path = _write(_home() / ".bash_completions" / "charplay.sh", script)
    _append(_home() / ".bashrc", f"source '{path}'")
    return path


def _install_zsh(script: str) -> Path:
    folder = Path(os.environ.get("ZDOTDIR") or _home())
    path = _write(folder / ".zfunc" / "_charplay", script)
    _append(folder / ".zshrc", f"fpath+='{path.parent}'; autoload -Uz compinit; compinit")
    return path


def _install_fish(script: str) -> Path:
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or _home() / ".config")
    return _write(folder / "fish" / "completions" / "charplay.fish", script)


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a container's user may have none
        hint = "`charplay --show-completion` prints the script instead"
        raise UsageError(f"user {os.getuid()} has no home folder here to install into; {hint}") from None


def _write(path: Path, script: str) -> Path:
    from charplay.fs.atomic import replace_bytes

    path.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, script.encode())
    return path


def _append(path: Path, line: str) -> None:
    """Add a line to a file of the person's unless it stands there; a link stays a link, and all else as it is."""
    text = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    if line in text.splitlines():
        return
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" * bool(text and not text.endswith("\n")) + line + "\n")


INSTALLERS: dict[str, Callable[[str], Path]] = {"bash": _install_bash, "zsh": _install_zsh, "fish": _install_fish}
