// What the pages say when something is wrong, whether they can be used by keyboard and screen reader, and how they look.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { axe } from './lib/axe.mjs';
import { openChromium } from './lib/browsers.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { settle, until } from './lib/wait.mjs';

const SHOTS = join(process.env.TEST_BUILD ?? new URL('../../build', import.meta.url).pathname, 'screenshots');
const SIZES = [[1366, 768], [1920, 1080], [390, 844]];

/** What an installation of a new version does to the files: each has another name. */
function renameAssets(web) {
  const assets = join(web, 'assets');
  const names = readdirSync(assets), fresh = (name) => name.replace(/(\.\w+)$/, '2$1');
  const renamed = (text) => names.reduce((t, name) => t.replaceAll(name, fresh(name)), text);
  for (const name of names) {
    writeFileSync(join(assets, fresh(name)), renamed(readFileSync(join(assets, name), 'utf8')));
    rmSync(join(assets, name));
  }
  const index = join(web, 'index.html');
  writeFileSync(index, renamed(readFileSync(index, 'utf8')));
}

describe('the pages', () => {
  let server;
  const open = [];

  before(async () => { server = await Server.start(); });
  after(async () => {
    await Promise.allSettled(open.map((p) => p.close()));
    await server?.stop();
  });

  async function seat(name, more = {}) {
    const source = { name, hue: 40 + 70 * open.length, tone: 500, width: 640, height: 360, ...more };
    const page = await openChromium(source);
    open.push(page);
    return new Seat(page, server, source);
  }

  async function shoot(s, what) {
    for (const [width, height] of SIZES) {
      await s.page.resize(width, height);
      await settle(s.page);
      await s.page.screenshot(join(SHOTS, `${what}-${width}x${height}.png`));
    }
    await s.page.resize(1366, 768);
    await settle(s.page);
  }

  test('the sign-in page: axe finds nothing; a wrong password is told', async () => {
    const s = await seat('sign-in');
    await s.page.goto(`${server.url}/`);
    await s.waitFor('input[name=account]');
    assert.deepEqual(await axe(s.page), []);
    await shoot(s, 'sign-in');
    await s.signIn('host', 'wrong');
    await s.waitFor('[role=alert]', '密码不对');
    await s.page.screenshot(join(SHOTS, 'wrong-password.png'));
    assert.deepEqual(await axe(s.page), []);
  });

  test('a page left open over a new version says so and loads it; without a line it says that', async () => {
    const s = await seat('branch001');
    await s.page.goto(`${server.url}/`);
    await s.signIn('branch001');
    await s.waitFor('.room-card');
    await server.kill();
    await s.click('.room-card button', '进入会议');
    await s.waitFor('.lost-part', '连不上服务器');
    assert.deepEqual(await axe(s.page), []);
    renameAssets(server.web);
    await server.up();
    await s.page.raw.goBack();
    await s.click('.room-card button', '进入会议');
    await s.waitFor('.lost-part', '会堂已更新', { every: 20 });
    await s.waitFor('.check-join');
    await s.page.close();
  });

  test('rooms and check: axe finds nothing', async () => {
    const s = await seat('host');
    await s.page.goto(`${server.url}/`);
    await s.signIn('host');
    await s.waitFor('main', '支部党员大会');
    assert.deepEqual(await axe(s.page), []);
    await shoot(s, 'rooms');
    await s.page.goto(`${server.url}/room/demo-class?debug=1`);
    await s.waitFor('.check-join');
    await until('a picture', async () => (await s.page.see(100)).length > 0);
    assert.deepEqual(await axe(s.page), []);
    await shoot(s, 'check');
  });

  test('joining by keyboard alone', async () => {
    const s = await seat('keyboard');
    await s.page.goto(`${server.url}/room/demo-meeting?debug=1`);
    await s.waitFor('input[name=account]');
    await tabTo(s, 'input[name=account]');
    await s.page.type('branch002');
    await tabTo(s, 'input[name=password]');
    await s.page.type('huitang-demo');
    await s.page.press('Enter');
    await s.waitFor('.check-join');
    await until('camera and microphone', () => s.page.evaluate(() => document.querySelectorAll('.check-toggles [aria-pressed=true]').length === 2));
    await tabTo(s, '.check-join button');
    await s.page.press('Enter');
    await s.inRoom();
    await s.page.press('m');
    await until('muted by M', async () => !(await s.isPressed('mic')));
    await tabTo(s, '[data-control=leave]');
    await s.page.press('Enter');
    await s.waitFor('.over', '您已离开会议');
  });

  async function tabTo(s, css) {
    for (let i = 0; i < 40; i++) {
      if (await s.page.evaluate((c) => document.activeElement?.matches(c), css))
        return;
      await s.page.press('Tab');
    }
    assert.fail(`Tab never reaches ${css}`);
  }

  test('camera and microphone refused: how to allow them, and joining without them', async () => {
    const s = await seat('refused', { refuse: true, tone: undefined });
    await s.page.goto(`${server.url}/room/demo-meeting?debug=1`);
    await s.signIn('branch003');
    await s.waitFor('main', '浏览器没有被允许使用');
    assert.deepEqual(await axe(s.page), []);
    await shoot(s, 'permission-refused');
    await s.click('.check-join button');
    await s.inRoom();
  });

  test('the line: its figures, the table of all for the chair, a profile chosen for another; axe finds nothing', async () => {
    const host = await seat('host');
    const branch = await seat('branch');
    await host.enterAs('host');
    await branch.enterAs('branch006');
    await host.seesMoving([branch]);
    await host.click('.line-dot');
    await host.waitFor('dialog .facts', '往返延迟');
    assert.deepEqual(await axe(host.page), []);
    await shoot(host, 'line');
    await host.page.press('Escape');
    await until('the dialogue closed', async () => !(await host.sees('dialog[open]')));
    await host.click('[role=tab]', '线路');
    await host.waitFor('.lines th[aria-sort=descending]', '线路');
    await host.waitFor('.lines tbody tr', branch.name);
    assert.deepEqual(await axe(host.page), []);
    await shoot(host, 'lines');
    await host.click('[role=tab]', '名册');
    await host.click(`.roster-seat[data-seat="${branch.id}"] [aria-haspopup=menu]`);
    await host.click('[role=menuitemradio]', '村级线路');
    await branch.waitFor('.notice', '调整了您的线路档位');
    await until('180 lines in 160 kbit/s', () => branch.page.evaluate(async () => {
      const sender = window.__huitang.pc.getTransceivers().find((t) => t.mid === '1').sender;
      const layers = sender.getParameters().encodings.filter((e) => e.active !== false);
      const height = sender.track.getSettings().height;
      return layers.length === 1 && layers[0].maxBitrate <= 160_000 && height / (layers[0].scaleResolutionDownBy ?? 1) <= 180;
    }));
    await branch.seesMoving([host]);
    await host.click(`.roster-seat[data-seat="${branch.id}"] [aria-haspopup=menu]`);
    await host.click('[role=menuitemradio]', '仅声音');
    await branch.waitFor('.tile-over', '画面未发送');
    await branch.waitFor('[data-control=camera]', '仅声音');
    assert.deepEqual(await axe(branch.page), []);
    await shoot(branch, 'voice-only');
    await host.page.close();
    await branch.page.close();
  });

  test('the room, removed, locked: axe finds nothing and each is told', async () => {
    const host = await seat('host');
    const branch = await seat('branch');
    await host.enterAs('host');
    const link = await host.inviteLink();
    await branch.enterAs('branch004');
    await host.seesMoving([branch]);
    assert.deepEqual(await axe(host.page), []);
    await shoot(host, 'room');
    await host.control('view');
    await shoot(host, 'room-grid');
    await host.control('view');

    await host.act(branch, '移出会议');
    await host.click('dialog button', '移出');
    await branch.waitFor('main', '您已被移出会议');
    assert.deepEqual(await axe(branch.page), []);
    await shoot(branch, 'removed');
    await branch.page.reload();
    await until('still out', async () => /您已被移出会议|入会前检查/.test(await branch.text()));

    await host.control('lock');
    const late = await seat('late');
    await late.page.goto(`${server.url}${link}&debug=1`);
    await late.waitFor('input[name=name]');
    await late.fill('input[name=name]', '来宾乙');
    await late.click('.check-join button');
    await late.waitFor('main', '会议已锁定');
    await late.page.screenshot(join(SHOTS, 'locked.png'));
    await host.control('lock');
  });
});
