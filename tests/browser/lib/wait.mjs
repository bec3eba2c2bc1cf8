const SOON_MS = 20, STILL_MS = 200;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Calls `ask` until it returns something true, at first soon again, then each `every` ms; throws what it saw last when the time is over. */
export async function until(what, ask, { ms = 60000, every = 200 } = {}) {
  const end = Date.now() + ms;
  let last, pause = SOON_MS;
  for (;;) {
    try {
      last = await ask();
      if (last)
        return last;
    } catch (e) {
      last = e;
    }
    if (Date.now() > end)
      throw new Error(`${what}: not within ${ms} ms; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
    await sleep(Math.min(pause, every));
    pause *= 1.5;
  }
}

/** Until the page has drawn itself and what moves has come to rest; not for what moves for ever. */
export async function settle(page) {
  await page.evaluate(async (most) => {
    const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, most); });  // a page in the background draws no frames
    await frame();
    await frame();
    const ends = document.getAnimations().filter((a) => Number.isFinite(a.effect?.getComputedTiming().endTime)).map((a) => a.finished);
    await Promise.race([Promise.allSettled(ends), new Promise((done) => { setTimeout(done, 5 * most); })]);
  }, STILL_MS);
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const sameHue = (a, b) => a >= 0 && Math.abs(((a - b + 540) % 360) - 180) < 25;
