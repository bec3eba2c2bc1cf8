// How loud a track is, and the short test tone: the one AudioContext of the page.
import type { Undo } from "../base/scope";

let shared: AudioContext | undefined;

function context(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state === "suspended") void shared.resume().catch(() => undefined); // needs a click first; the meter then starts by itself
  return shared;
}

/** 0 for silence to 1 for as loud as speech gets; -54 dB and below is silence. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, (db + 54) / 42));
}

/** Calls back about 20 times a second until undone. */
export function meter(track: MediaStreamTrack, onLevel: (level: number) => void): Undo {
  const audio = context();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const heard = loudness(samples);
    level = heard > level ? heard : level * 0.8 + heard * 0.2; // rises at once, falls slowly, as an eye expects
    onLevel(level);
  }, 50);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** Two soft notes. Resolves when they are over. */
export async function playTone(speaker?: string): Promise<void> {
  const audio = context();
  await audio.resume();
  await routeTo(audio, speaker);
  const start = audio.currentTime + 0.05;
  note(audio, 523.25, start, 0.45);
  note(audio, 659.25, start + 0.4, 0.6);
  await new Promise((done) => setTimeout(done, 1_150));
}

async function routeTo(audio: AudioContext, speaker: string | undefined): Promise<void> {
  const sink = audio as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker !== undefined && sink.setSinkId) await sink.setSinkId(speaker).catch(() => undefined); // an unplugged speaker: the default one
}

function note(audio: AudioContext, hertz: number, start: number, seconds: number): void {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = hertz;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.2, start + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.001, start + seconds);
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(start + seconds);
}
