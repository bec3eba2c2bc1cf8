// Hands, the floor, stage and rules through the room's pages: a host and two sites; in Chromium.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openChromium } from './lib/browsers.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { axe } from './lib/axe.mjs';
import { until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];
const small = (name, hue, tone) => ({ name, hue, tone, width: 480, height: 270, fps: 10 });

describe('the floor', () => {
  let server, host, a, b;

  async function enter(login, source) {
    const page = await openChromium(source);
    const seat = new Seat(page, server, source);
    await seat.enterAs(login);
    return seat;
  }

  before(async () => {
    server = await Server.start();
    host = await enter('host', small('host', 0, 440));
    a = await enter('branch001', small('branch001', 120, 1000));
    b = await enter('branch002', small('branch002', 240, 2200));
  });
  after(async () => {
    await Promise.allSettled([host, a, b].map((s) => s?.page.close()));
    await server?.stop();
  });

  /** On a phone the side panel covers the pictures: away with it, unless it is what is shown. */
  async function shoot(s, what, panel = false) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      if (width === 390 && !panel && await s.sees('.side'))
        await s.page.press('Escape');
      await s.page.screenshot(join(SHOTS, `floor-${what}-${width}.png`));
    }
    await s.page.resize(...SIZES[0]);
  }

  test('two raise a hand, by the key and by the button, and say who will speak; the host reads it in order', async () => {
    await b.page.press('h');
    await b.waitFor('.floor-standing', '下一个就是您');
    await a.control('hand');
    await a.waitFor('.floor-standing', '前面还有 1 位');
    await a.click('.floor-banner button', '填发言人');
    await a.fill('dialog input[name=speaker]', '张三');
    await a.click('dialog button[type=submit]');
    await a.waitFor('.floor-banner button', '发言人：张三');
    await host.control('hands');
    await host.waitFor(`[data-hand="${a.id}"]`, '张三');
    assert.deepEqual(await host.page.evaluate(() => [...document.querySelectorAll('[data-hand]')].map((e) => e.dataset.hand)), [b.id, a.id]);
    assert.deepEqual(await axe(host.page), []);
    await shoot(host, 'queue', true);
    await shoot(a, 'raised');
  });

  test('muted, it gets the floor with a time, speaks by itself, and is silent when it has finished', async () => {
    await host.control('mute_all');
    await host.click('dialog button', '静音，不许自行打开');
    await until('all muted', () => a.isBlocked('mic'));
    await host.click(`[data-hand="${a.id}"] [aria-haspopup=menu]`);
    await host.click('[role=menuitem]', '5 分钟');
    await a.waitFor('[data-floor=own]', '请您发言');
    await until('its microphone on', () => a.isPressed('mic'));
    await b.waitFor('.floor-who', '张三');
    await b.waitFor('.floor-left', '4:');
    await host.hearsTones([a]);
    assert.deepEqual(await axe(a.page), []);
    await shoot(a, 'own');
    await shoot(b, 'others');
    await a.click('[data-floor=own] button', '发言完毕');
    await host.seesMicOff(a);
    await until('the turn over', async () => !(await b.sees('.floor-who')));
  });

  test('a site is brought on the stage and broadcast: all see it large, marked', async () => {
    await host.act(b, '上台');
    await a.waitFor(`article.on-stage[data-seat="${b.id}"] .tile-mark`, '台上');
    await a.seesMoving([b]);
    await b.waitFor('.floor-standing', '您在台上');
    await host.act(a, '广播');
    await b.waitFor(`article.on-stage[data-seat="${a.id}"] .tile-mark`, '广播');
    await a.waitFor('.floor-standing', '正在广播给所有会场');
    await shoot(b, 'spotlight');
    await host.act(a, '停止广播');
    await a.waitFor(`article.on-stage[data-seat="${b.id}"]`);
    await shoot(a, 'stage');
    await host.act(b, '下台');
    await until('down', async () => !(await b.sees('.floor-standing', '您在台上')));
  });

  test('a rule takes cameras from all sites, and is undone within five seconds', async () => {
    await host.control('rules');
    await host.waitFor('dialog select[name=who]', '所有会场');
    await host.page.evaluate(() => {
      const select = document.querySelector('dialog select[name=source]');
      select.value = 'camera';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    assert.deepEqual(await axe(host.page), []);
    await shoot(host, 'rules', true);
    await host.click('dialog button[type=submit]');
    await until('no cameras', () => a.isBlocked('camera'));
    await host.click('[data-notice=rule_set] button', '撤销');
    await until('cameras again', async () => !(await a.isBlocked('camera')));
  });

  test('what is for the host another site does not read', async () => {
    await a.control('chat');
    await a.page.evaluate(() => {
      const select = document.querySelector('select[name=to]');
      select.value = 'host';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    await a.fill('.composer textarea', '听不清');
    await a.page.press('Enter');
    await a.waitFor('.chat-only', '仅主持人可见');
    await host.control('chat');
    await host.waitFor('.chat-text', '听不清');
    await shoot(a, 'chat', true);
    await b.control('chat');
    assert.equal(await b.sees('.chat-text'), false);
  });
});
