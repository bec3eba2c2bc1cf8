import { median, sameHue } from './wait.mjs';

/** Pairs each flash of the seat {tone, hue} with its nearest beep; ms by which the picture is later than the sound. Flashes without a
 *  beep within half a second are left out. */
export function skews({ flashes, beeps }, { tone, hue }) {
  const out = [];
  for (const flash of flashes.filter((f) => sameHue(f.hue, hue))) {
    const nearest = beeps[tone].reduce((best, b) => (Math.abs(b - flash.at) < Math.abs(best - flash.at) ? b : best), Infinity);
    if (Math.abs(nearest - flash.at) < 450)
      out.push(flash.at - nearest);
  }
  return out;
}

/** The skew that the page measures of its own camera and microphone, without any network: what the instrument itself adds. */
export async function ownSkew(page, delayed = 0) {
  const [seen, config] = await page.evaluate(async (seconds) => {
    const { config } = window.__source;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    let sound = stream;
    if (seconds > 0) {
      const context = new AudioContext({ sampleRate: 48000 });
      const delay = new DelayNode(context, { delayTime: seconds });
      const out = context.createMediaStreamDestination();
      context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(delay).connect(out);
      sound = out.stream;
    }
    const video = Object.assign(document.createElement('video'), { autoplay: true, srcObject: new MediaStream([...stream.getVideoTracks(), ...sound.getAudioTracks()]) });
    document.body.append(video);
    video.play().catch(() => undefined);             /* not waited for: a starved Firefox may take long to answer */
    const others = [...document.querySelectorAll('audio, video')].filter((e) => e !== video && !e.muted);
    for (const e of others)
      e.muted = true;
    try {
      const watched = await window.__measure.watch(video, [config.tone]);
      await window.__measure.wait(4500);
      return [watched.end(), config];
    } finally {
      video.remove();
      for (const e of others)
        e.muted = false;
      stream.getTracks().forEach((t) => t.stop());
    }
  }, delayed);
  return median(skews(seen, config));
}

/** The longest time between two frames, in ms. */
export function longestGap(frames) {
  let gap = 0;
  for (let i = 1; i < frames.length; i++)
    gap = Math.max(gap, frames[i] - frames[i - 1]);
  return gap;
}
