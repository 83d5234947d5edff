#!/usr/bin/env python3
"""CPU of the film jobs of a minute at 1080p30, through the tools as an agent calls them, beside ffmpeg driven by hand and
MoviePy in the same run. Photos by hand: zoompan over photos enlarged to 8000 pixels, the usual cure for its jerks; over
3840 pixels it costs less and jerks, and that ratio is printed too.

usage: benches/film.py PATH-OF-BEDTRACK [--jobs=song,ducked,photos,title] [--keep=FOLDER]

Media are made with ffmpeg; the ducked clip speaks with espeak-ng where that is installed. MoviePy is measured where
MOVIEPY names a Python that has it. "export" is the export alone, "whole" is upload, turn and export, each with all
processes they start. Prints Markdown. Linux only: CPU is read from /proc.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

SECONDS = 60
PHOTOS = 10
TICK = os.sysconf("SC_CLK_TCK")


def run(command, **options):
    """CPU seconds of a process and all it starts."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    words = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {words[-600:]}")
    return used.ru_utime + used.ru_stime


def ffmpeg(*arguments):
    return run(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *arguments])


class Server:
    """The program under test, with a folder of its own."""

    def __init__(self, binary, folder):
        own = {"BEDTRACK_HOME": os.path.join(folder, "home"), "BEDTRACK_OUTPUT": os.path.join(folder, "out")}
        environment = {**os.environ, **own, "BEDTRACK_BACKEND": "local", "BEDTRACK_LOG": "error"}
        self.process = subprocess.Popen([binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)
        self.calls = 0
        client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        self.ask("initialize", client)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.calls += 1
        number = self.calls
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        for line in self.process.stdout:
            answer = json.loads(line)
            if answer.get("id") == number:
                return answer["result"]
        raise RuntimeError("the server went away")

    def cpu(self):
        """CPU seconds so far, ended children included."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / TICK

    def call(self, tool, **arguments):
        """Calls a tool and waits until its work is over. CPU seconds, and the answer."""
        before = self.cpu()
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        facts = result.get("structuredContent") or {}
        while facts.get("status") == "running":
            kind = "export" if facts.get("export") else "turn"
            handle = {"session": facts["session"], kind: facts[kind], "wait_seconds": 50}
            result = self.ask("tools/call", {"name": "state", "arguments": handle})
            facts = result.get("structuredContent") or {}
        if result.get("isError"):
            raise RuntimeError(result["content"][0]["text"])
        return self.cpu() - before, facts

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def make_media(folder):
    at = lambda name: os.path.join(folder, name)
    beat = "0.5*sin(2*PI*(50+90*exp(-30*mod(t,0.5)))*mod(t,0.5))*exp(-9*mod(t,0.5))"
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='{beat}+0.1*sin(2*PI*220*t)|{beat}+0.1*sin(2*PI*221*t)':s=48000:d={SECONDS}", at("song.wav"))
    voice = ("-f", "lavfi", "-i", f"sine=f=220:r=48000:d={SECONDS},tremolo=f=4:d=0.9")
    picture = ("-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={SECONDS}")
    coding = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", "-g", "60", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-t", str(SECONDS))
    ffmpeg(*picture, *voice, *coding, at("clip.mp4"))
    if shutil.which("espeak-ng"):
        words = "Every frame of this film was measured before anybody saw it. Then the room went quiet for a while. " * 6
        run(["espeak-ng", "-w", at("speech.wav"), words])
        ffmpeg("-i", at("clip.mp4"), "-i", at("speech.wav"), "-map", "0:v", "-map", "1:a", "-af", "apad", "-c:v", "copy", *coding[10:], at("talk.mp4"))
    for number in range(PHOTOS):
        # Fine and coarse detail side by side, as in photographs; the middle of each is another depth of the same set.
        source = f"mandelbrot=s=3000x2000:start_x=-0.743643887:start_y=0.131825904:start_scale={3 * 0.4 ** number}"
        ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", "-q:v", "3", at(f"photo{number}.jpg"))
    return at


# What `standard` means.
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "256k", "-ar", "48000", "-movflags", "+faststart")
MIX = "[1:a]volume=0.35,afade=t=in:d=0.5,afade=t=out:st=59:d=1[m];"


def song_by_hand(at):
    mix = f"{MIX}[0:a][m]amix=inputs=2:normalize=0:duration=first[a]"
    return ffmpeg("-i", at("clip.mp4"), "-i", at("song.wav"), "-filter_complex", mix, "-map", "0:v", "-map", "[a]", "-c:v", "copy", *AAC, at("hand.mp4"))


def ducked_by_hand(at):
    mix = f"{MIX}[0:a]asplit[s][k];[m][k]sidechaincompress=threshold=0.03:ratio=6:attack=20:release=400[d];[s][d]amix=inputs=2:normalize=0:duration=first"
    inputs = ("-i", at("talk.mp4"), "-i", at("song.wav"), "-filter_complex")
    used = ffmpeg(*inputs, f"{mix},loudnorm=I=-14:TP=-1:print_format=json[a]", "-map", "[a]", "-f", "null", "-")
    return used + ffmpeg(*inputs, f"{mix},loudnorm=I=-14:TP=-1[a]", "-map", "0:v", "-map", "[a]", "-c:v", "copy", *AAC, at("hand.mp4"))


def photos_by_hand(at, width=8000):
    """zoompan moves by whole pixels of what it is given: it jerks unless the photo is made many times as wide as the frame first."""
    frames = SECONDS * 30 // PHOTOS
    move = f"scale={width}:-2,zoompan=z='min(zoom+0.0005,1.2)':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d={frames}:s=1920x1080:fps=30,setsar=1"
    inputs = [word for number in range(PHOTOS) for word in ("-i", at(f"photo{number}.jpg"))]
    graph = "".join(f"[{number}:v]{move}[v{number}];" for number in range(PHOTOS))
    graph += "".join(f"[v{number}]" for number in range(PHOTOS)) + f"concat=n={PHOTOS}:v=1:a=0[v]"
    return ffmpeg(*inputs, "-i", at("song.wav"), "-filter_complex", graph, "-map", "[v]", "-map", f"{PHOTOS}:a", *X264, *AAC, "-t", str(SECONDS), at("hand.mp4"))


def title_by_hand(at):
    words = "drawtext=text='Hello world':fontsize=95:fontcolor=white:x=(w-tw)/2:y=(h-th)/2:enable='between(t,0,4)'"
    return ffmpeg("-i", at("clip.mp4"), "-vf", words, *X264, *AAC, at("hand.mp4"))


MOVIEPY = {
    "song": """
from moviepy import *
clip, song = VideoFileClip("{clip}"), AudioFileClip("{song}").with_volume_scaled(0.35)
clip.with_audio(CompositeAudioClip([clip.audio, song])).write_videofile("{out}", preset="veryfast", logger=None)
""",
    "photos": """
from moviepy import *
each = {seconds} / {photos}
shots = [ImageClip("{folder}/photo%d.jpg" % n).with_duration(each).resized(lambda t: 0.66 + 0.02 * t / each).with_position("center") for n in range({photos})]
film = CompositeVideoClip([shot.with_start(n * each) for n, shot in enumerate(shots)], size=(1920, 1080)).with_audio(AudioFileClip("{song}"))
film.subclipped(0, 6).write_videofile("{out}", fps=30, preset="veryfast", logger=None)
""",
}


def moviepy(job, at, folder):
    """CPU seconds of the job with MoviePy; for photos a tenth of it is made and the figure scaled."""
    python = os.environ.get("MOVIEPY")
    if not python or job not in MOVIEPY:
        return None
    script = MOVIEPY[job].format(clip=at("clip.mp4"), song=at("song.wav"), out=at("moviepy.mp4"), folder=folder, seconds=SECONDS, photos=PHOTOS)
    return run([python, "-c", script], cwd=folder) * (SECONDS / 6 if job == "photos" else 1)


JOBS = {
    "song": ("a song under a clip, picture copied", ["clip.mp4", "song.wav"], "Put my song under the clip", song_by_hand),
    "ducked": ("the same under speech, ducked", ["talk.mp4", "song.wav"], "Put my song under the clip", ducked_by_hand),
    "photos": (f"{PHOTOS} photos on the beats of a song", [f"photo{n}.jpg" for n in range(PHOTOS)] + ["song.wav"], "Make a music video from my photos with this song", photos_by_hand),
    "title": ("a title, picture re-encoded", ["clip.mp4"], 'Add the title "Hello world" for the first 4 seconds', title_by_hand),
}


def main():
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    if not arguments:
        sys.exit(__doc__)
    option = lambda name: next((word.split("=", 1)[1] for word in sys.argv if word.startswith(f"--{name}=")), None)
    chosen = (option("jobs") or ",".join(JOBS)).split(",")
    with tempfile.TemporaryDirectory() as temporary:
        folder = option("keep") or temporary
        os.makedirs(folder, exist_ok=True)
        at = make_media(folder)
        print("| Job | export | whole | by the clock | ffmpeg by hand | export / ffmpeg | MoviePy / export |\n| --- | --- | --- | --- | --- | --- | --- |", flush=True)
        for job in chosen:
            name, media, words, by_hand = JOBS[job]
            if not all(os.path.exists(at(file)) for file in media):
                print(f"| {name} | needs espeak-ng ||||||", flush=True)
                continue
            with tempfile.TemporaryDirectory() as home:
                server = Server(os.path.abspath(arguments[0]), home)
                begun, before = time.monotonic(), server.cpu()
                _, facts = server.call("upload", files=[at(file) for file in media])
                session = facts["session"]
                server.call("generate_music", request=words, session=session)
                export, _ = server.call("export", session=session, format="mp4", quality="standard", output=at(f"{job}.mp4"), overwrite=True)
                whole, clock = server.cpu() - before, time.monotonic() - begun
                server.close()
            hand = by_hand(at)
            beside = f" ({export / photos_by_hand(at, 3840):.2f} where it jerks)" if job == "photos" else ""
            other = moviepy(job, at, folder)
            ratio = f"{other / export:.0f}" if other else "–"
            print(f"| {name} | {export:.2f} s | {whole:.2f} s | {clock:.2f} s | {hand:.2f} s | {export / hand:.2f}{beside} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
