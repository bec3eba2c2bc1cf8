// A class held to its end by who leads it, over the WebSocket of a page that is signed in: no media, so that it takes seconds.
import { until } from './wait.mjs';

/** Plans a class of `plan` and opens it, calls `during` with ask(name, fields), and closes it; the number, once its minutes are there. */
export async function holdClass(clerk, plan, during = async () => undefined) {
  const now = Date.now();
  const planned = await clerk.ask('POST', 'classes', { kind: 'lecture', subtree: true, start_ms: now + 20 * 60_000, end_ms: now + 110 * 60_000, ...plan });
  if (!planned.id)
    throw new Error(JSON.stringify(planned));
  await clerk.page.evaluate((room) => new Promise((done, fail) => {
    const ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
    const waiting = new Map();
    let id = 0;
    window.__ask = (name, fields) => new Promise((ok, bad) => {
      id += 1;
      waiting.set(id, [ok, bad]);
      ws.send(JSON.stringify({ type: name, id, ...fields }));
    });
    ws.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      const [ok, bad] = waiting.get(message.reply) ?? [];
      if (!ok) return;
      waiting.delete(message.reply);
      if (message.error) bad(new Error(JSON.stringify(message.error)));
      else ok(message);
    };
    ws.onerror = () => fail(new Error('no socket'));
    ws.onopen = () => window.__ask('hello', { version: 1, lang: 'zh-CN' })
      .then(() => window.__ask('join', { room, profile: 'desktop', mic: false, camera: false }))
      .then(() => window.__ask('class.open', {})).then(() => done(), fail);
  }), planned.room);
  const ask = (name, fields = {}) => clerk.page.evaluate(([name, fields]) => window.__ask(name, fields), [name, fields]);
  await during(ask);
  await ask('class.close');
  await until('minutes', async () => (await clerk.ask('GET', `classes/${planned.id}`)).minutes > 0);
  return planned.id;
}
