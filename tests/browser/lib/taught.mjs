// A class that has been held, without pictures: planned by the API, opened and closed over a socket of the host's page.
import { until } from './wait.mjs';

const MINUTE_MS = 60_000;

/** As a host in the page's own sign-in: enters the room and asks for each of `acts`, [type, milliseconds to wait before]. */
function lead(host, room, acts) {
  return host.page.evaluate(async ([room, acts]) => {
    const socket = new WebSocket(`ws://${location.host}/ws`);
    let id = 0;
    const waiting = new Map();
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      waiting.get(message.reply)?.(message);
    };
    await new Promise((done) => { socket.onopen = done; });
    const ask = (type, fields = {}) => new Promise((done, failed) => {
      id += 1;
      waiting.set(id, (reply) => (reply.error ? failed(new Error(`${type}: ${reply.error.code}`)) : done(reply)));
      socket.send(JSON.stringify({ id, type, ...fields }));
    });
    await ask('hello', { version: 1, lang: 'zh-CN' });
    await ask('join', { room, profile: 'desktop', mic: false, camera: false });
    for (const [type, wait_ms] of acts) {
      await new Promise((done) => setTimeout(done, wait_ms));
      await ask(type);
    }
    await ask('leave');
    socket.close();
  }, [room, acts]);
}

/** The number of a class of `org` and below that was open for `taught_ms`, once its result is on `person`'s card. */
export async function hold(host, { org, title, person, taught_ms, more = {} }) {
  const now = Date.now();
  const planned = await host.ask('POST', 'classes', { org, title, kind: 'lecture', subject: '党课', start_ms: now + 5 * MINUTE_MS, end_ms: now + 95 * MINUTE_MS, subtree: true, ...more });
  await lead(host, planned.room, [['class.open', 0], ['class.close', taught_ms]]);
  await until('the class has a result', async () => {
    const { results } = await host.ask('GET', `people/${person}/credit`);
    return results?.some((r) => r.class === planned.id);
  });
  return planned.id;
}
