"""The man page and the completions, in the programs that read them."""

import os
import pty
import select
import shutil
import subprocess
import time
import unittest

from deb import REPOSITORY, run
from harness import PATIENCE, IntegrationTest, clean_environment

COMPLETIONS = REPOSITORY / "packaging" / "completions"
MAN = REPOSITORY / "packaging" / "man" / "ipfs_peer_exporter.1"

# What is typed, and what completes it.
WORDS = {
    "--log.level=": ["debug", "error", "info", "warn"],
    "--log.level=e": ["error"],
    "--log.format ": ["json", "logfmt"],
    "--peer.format=key": ["key-value"],
    "--print-authorizations=": ["with-secret"],
    "--ipfs.timeout=": [],
    "--no-collector.ipfs.nat": ["--no-collector.ipfs.native"],
    "--hel": ["--help"],
    "--config.file exp": ["exporter.yml"],
    "--web.config.file=exp": ["exporter.yml"],
    "--peer.key-file exp": ["exporter.yml"],
    "--nothing": [],
}


def needs(tool):
    return unittest.skipUnless(shutil.which(tool), f"{tool} is not installed")


class CompletionTest(IntegrationTest):
    def setUp(self):
        self.folder = self.temporary()
        (self.folder / "exporter.yml").touch()

    def check(self, complete):
        for typed, wanted in WORDS.items():
            with self.subTest(typed):
                self.assertEqual(sorted(complete(typed)), wanted)

    @needs("bash")
    def test_bash(self):
        # Readline splits at "=".
        script = f'''
            . {COMPLETIONS / "ipfs_peer_exporter.bash"}
            [[ $(complete -p ipfs_peer_exporter) == *"-F _ipfs_peer_exporter "* ]] || exit
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _ipfs_peer_exporter
            printf '%s\\n' "${{COMPREPLY[@]}}"'''

        def complete(typed):
            words = ["ipfs_peer_exporter", *typed.replace("=", " = ").split(" ")]
            if typed.endswith("="):
                words.pop()
            return run("bash", "-uc", script, "bash", *words, cwd=self.folder).split()

        self.check(complete)

    @needs("fish")
    def test_fish(self):
        def complete(typed):
            out = run("fish", "--no-config", "-c",
                      f"source {COMPLETIONS}/ipfs_peer_exporter.fish; complete -C $argv[1]",
                      f"ipfs_peer_exporter {typed}", cwd=self.folder,
                      env={"HOME": str(self.folder)})
            # Fish repeats what is before "=", and appends a description.
            return [line.partition("\t")[0].rpartition("=")[2] for line in out.splitlines()]

        self.check(complete)

    @needs("zsh")
    def test_zsh(self):
        """Zsh completes only what is typed: on a terminal, with a key that prints the line."""
        (self.folder / ".zshrc").write_text(f'''
            fpath=({COMPLETIONS} $fpath)
            autoload -Uz compinit && compinit -u -D
            PS1= ; setopt no_auto_menu
            show() {{ print -rn -- "[[$BUFFER]]"; BUFFER= }}
            zle -N show && bindkey '^X' show
            print -r -- '[['ready']]'
        ''')
        zsh = Terminal("zsh", "-i", cwd=self.folder, ZDOTDIR=str(self.folder))
        self.addCleanup(zsh.close)
        self.assertEqual(zsh.read(), "ready")
        for typed, wanted in WORDS.items():
            if len(wanted) != 1 or typed.endswith("="):
                continue
            with self.subTest(typed):
                zsh.write(f"ipfs_peer_exporter {typed}\t\x18")
                completed = zsh.read().split()[-1]
                self.assertEqual(completed.rpartition("=")[2], wanted[0])


class Terminal:
    """A program on a terminal, which prints its answers in [[ ]]."""

    def __init__(self, *command, cwd, **env):
        self._fd, inner = pty.openpty()
        self._process = subprocess.Popen(
            command, cwd=cwd, stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
            env=clean_environment({"TERM": "dumb", **env}))
        os.close(inner)
        self._text = ""

    def write(self, text):
        os.write(self._fd, text.encode())

    def read(self):
        """The next answer."""
        end = time.monotonic() + PATIENCE
        while "]]" not in self._text:
            ready, _, _ = select.select([self._fd], [], [], end - time.monotonic())
            if not ready:
                raise AssertionError(f"no answer, but {self._text!r}")
            self._text += os.read(self._fd, 4096).decode()
        before, _, self._text = self._text.partition("]]")
        return before.rpartition("[[")[2]

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._fd)


class ManTest(unittest.TestCase):
    @needs("man")
    def test_it_renders_without_warnings(self):
        text = run("man", "--warnings", "--encoding=UTF-8", "--local-file", MAN,
                   env={"MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANROFFOPT": "", "MANPAGER": "cat"})
        self.assertNotIn("warning", text)
        for wanted in ("--ipfs.timeout DURATION", "Default: 5s.", r"\xNN", "~/.ipfs/api",
                       "unix:PATH, tcp://IP:PORT, http(s)://..., "):
            self.assertIn(wanted, " ".join(text.split()))

    @needs("groff")
    def test_groff_finds_nothing(self):
        done = subprocess.run(["groff", "-man", "-ww", "-z", "-k", MAN], capture_output=True,
                              text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
