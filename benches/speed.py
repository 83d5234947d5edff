#!/usr/bin/env python3
"""CPU, wall time and memory of a minute of music, whole processes, beside two other makers of music in the same run.

usage: benches/speed.py PATH-OF-BEDTRACK [--genres lo-fi,edm] [--long]

The others are measured where they are installed, and left out where not:
    MMA + FluidSynth   Debian: mma fluidsynth fluidr3mono-gm-soundfont. Chords are given, a 24-bar arrangement is written
                       as MIDI and played to WAV.
    ark-audio-agent    PyPI: text to music by rules; ARK names its program `ark-audio` where it is not on PATH.
With --long also twenty minutes: times real time, and memory beside that of one minute. Prints Markdown.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

SECONDS = 60
BANKS = ("/usr/share/sounds/sf3/FluidR3Mono_GM.sf3", "/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/sounds/sf3/default-GM.sf3")
CHORDS = "Tempo 120\nGroove {groove}\n" + "".join(f"{bar + 1} {'C Am F G'.split()[bar % 4]}\n" for bar in range(27))


def measure(command, **options):
    """Seconds of CPU and of the clock, and the peak of memory in MB, of a process and all it starts."""
    begun = time.monotonic()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, **quiet, **options)
    words = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {words[-400:]}")
    return used.ru_utime + used.ru_stime, time.monotonic() - begun, used.ru_maxrss / 1024


def length(path):
    """Seconds of a WAV file, 0 where it is none. (Python's own reader does not know 24 bits on every version.)"""
    try:
        with open(path, "rb") as file:
            if file.read(4) != b"RIFF":
                return 0.0
            file.seek(12)
            rate = 0
            while head := file.read(8):
                kind, size = head[:4], int.from_bytes(head[4:], "little")
                if kind == b"fmt ":
                    rate = int.from_bytes(file.read(size)[8:12], "little")  # bytes a second
                elif kind == b"data":
                    return size / rate
                else:
                    file.seek(size + size % 2, os.SEEK_CUR)
    except (OSError, ZeroDivisionError):
        pass
    return 0.0


def bedtrack(binary, genre, seconds, folder):
    out = os.path.join(folder, f"{genre}-{seconds}.wav")
    environment = {**os.environ, "BEDTRACK_HOME": os.path.join(folder, "home"), "BEDTRACK_BACKEND": "local"}
    command = [binary, "compose", genre, "--seconds", str(seconds), "--seed", "1", "--out", out]
    return measure(command, env=environment), length(out)


def mma(folder):
    bank = next((bank for bank in BANKS if os.path.exists(bank)), None)
    if not (shutil.which("mma") and shutil.which("fluidsynth") and bank):
        return None
    song, midi, out = (os.path.join(folder, name) for name in ("song.mma", "song.mid", "song.wav"))
    with open(song, "w") as file:
        file.write(CHORDS.format(groove="PopBallad"))
    script = f"mma {song} -f {midi} && fluidsynth -ni -F {out} -r 48000 {bank} {midi}"
    return measure(["sh", "-c", script]), length(out)


def ark(folder):
    program = os.environ.get("ARK") or shutil.which("ark-audio")
    if not program:
        return None
    used = measure([program, "--offline", "--no-mp3", "--seed", "1", "-o", os.path.join(folder, "ark"), "lo-fi hip-hop, 60 seconds"], cwd=folder)
    own = os.path.join(folder, "ark")
    made = [os.path.join(root, name) for root, _, names in os.walk(own) for name in names if name.endswith(".wav")]
    return used, max((length(path) for path in made), default=0.0)


def main():
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    binary = os.path.abspath(arguments[0])
    genres = next((word.split("=")[1].split(",") for word in sys.argv if word.startswith("--genres=")), ["lo-fi", "pop", "edm"])
    say = lambda line: print(line, flush=True)
    say("| Maker | CPU | Wall | Memory | Music | CPU per minute | Ratio |\n| --- | --- | --- | --- | --- | --- | --- |")
    base = None
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        # The first start makes the database.
        bedtrack(binary, "piano", 3, folder)
        makers = [(f"bedtrack, {genre}", lambda genre=genre: bedtrack(binary, genre, SECONDS, folder)) for genre in genres]
        makers += [("MMA + FluidSynth", lambda: mma(other)), ("ark-audio-agent", lambda: ark(other))]
        for name, run in makers:
            row = run()
            if row is None or not row[1]:
                say(f"| {name} | not installed, or made no WAV |||||")
                continue
            (cpu, wall, memory), seconds = row
            base = base or cpu / seconds
            say(f"| {name} | {cpu:.2f} s | {wall:.2f} s | {memory:.0f} MB | {seconds:.1f} s | {cpu / seconds * 60:.2f} s | {cpu / seconds / base:.1f} |")
        if "--long" in sys.argv:
            (cpu, wall, memory), seconds = bedtrack(binary, "lo-fi", 1200, folder)
            say(f"\nTwenty minutes of lo-fi: {cpu:.1f} s of CPU, {seconds / cpu:.0f} times real time by CPU ({seconds / wall:.0f} by the clock), {memory:.0f} MB.")


if __name__ == "__main__":
    main()
