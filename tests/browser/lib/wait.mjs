export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Calls `ask` until it returns something true; throws what it saw last when the time is over. */
export async function until(what, ask, { ms = 15000, every = 200 } = {}) {
  const end = Date.now() + ms;
  let last;
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
    await sleep(every);
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const sameHue = (a, b) => a >= 0 && Math.abs(((a - b + 540) % 360) - 180) < 25;
