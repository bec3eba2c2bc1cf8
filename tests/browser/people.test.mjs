// What is done to people through the pages, by whom, and what the one sees from whom a right was taken; in both browsers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Clerk } from './lib/clerk.mjs';
import { PASSWORD } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const PHONE = [390, 844];

for (const [browser, openPage] of [['Chromium', openChromium], ['Firefox', openFirefox]]) {
  describe(`people in ${browser}`, () => {
    let server, admin, east, south;
    const open = [];

    before(async () => {
      server = await Server.start();
      admin = await clerk('admin');
      east = await admin.orgId('青河镇东郊村党支部');
      south = await admin.orgId('青河镇南桥村党支部');
    });
    after(async () => {
      await Promise.allSettled(open.map((p) => p.close()));
      await server?.stop();
    });

    async function clerk(login, path) {
      const s = await Clerk.open(openPage, server, login, path);
      open.push(s.page);
      return s;
    }

    const enter = (name, more = {}) => admin.ask('POST', 'people', { name, kind: 'member', org: east, ...more });

    test('found by characters, pinyin and initials; a reading that was put right', async () => {
      const { id } = await enter('单于飞');
      await admin.visit('/people', '.people-table tbody tr');
      for (const typed of ['单于飞', 'chanyufei', 'cyf']) {
        await admin.fill('.people-tools input[type=search]', typed);
        await admin.waitFor('.people-table tbody tr', '单于飞');
      }
      await admin.visit(`/person/${id}`, 'h1', '单于飞');
      await admin.click('.acts button', '修改');
      await admin.fill('dialog input[name=reading]', 'shan yufei');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [role=alert]', '字间加空格');
      await admin.fill('dialog input[name=reading]', 'shan yu fei');
      await admin.send();
      await admin.waitFor('.pairs', 'shan yu fei');
      await admin.visit('/people', '.people-table tbody tr');
      await admin.fill('.people-tools input[type=search]', 'syf');
      await admin.waitFor('.people-table tbody tr', '单于飞');
      await admin.visit('/org', '.tree-item');
      for (const typed of ['东郊', 'dongjiao', 'qhzdjc']) {
        await admin.fill('.orgs-tree input[type=search]', typed);
        await admin.waitFor(`.finder-result[data-org="${east}"]`, '青河镇东郊村党支部');
      }
      await admin.fill('.orgs-tree input[type=search]', 'xyzzy');
      await admin.waitFor('.orgs-tree .empty', '没有符合的组织');
    });

    test('moved to another branch, then left', async () => {
      const { id } = await enter('调动甲', { post: '宣传委员' });
      await admin.visit(`/person/${id}`, '.cards', '宣传委员');
      await admin.choose('调动');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [role=alert]', '请选择组织');
      await admin.fill('dialog .finder-search input', 'qhznq');
      await admin.click(`dialog .finder-result[data-org="${south}"]`);
      await admin.fill('dialog textarea[name=why]', '工作需要');
      await admin.send();
      await admin.waitFor('.cards .row-main', '南桥村党支部');
      await admin.waitFor('.cards', '没有职务');
      await admin.waitFor('.timeline', '宣传委员');

      await admin.choose('离开');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [role=alert]', '请填写此项');
      await admin.fill('dialog textarea[name=why]', '迁往外省');
      await admin.send();
      await admin.waitFor('.line-says', '已离开所有组织');
      await admin.visit('/people', '.people-table tbody tr');
      await admin.fill('.people-tools input[type=search]', '调动甲');
      await admin.waitFor('.empty', '没有符合的人员');
      await admin.click('.people-tools label', '含已离开');
      await admin.waitFor('.people-table tbody tr', '已离开');
    });

    test('twins are merged: what hangs on the one hangs on the other', async () => {
      const kept = await enter('欧阳双生', { phone: '14000000011' });
      const other = await enter('欧阳双生', { phone: '14000000011', post: '组织委员' });
      await admin.visit('/twins', '.cards');
      assert.deepEqual(await admin.axe(), []);
      await admin.click(`[data-person="${kept.id}"] button`);
      await admin.waitFor('dialog', '不能撤回');
      assert.deepEqual(await admin.axe(), []);
      await admin.send();
      await until('the pair gone', async () => !(await admin.sees('.cards', '欧阳双生')));
      await admin.visit(`/person/${kept.id}`, '.cards', '组织委员');
      await admin.visit(`/person/${other.id}`, '.line-says', '已并入另一记录');
      assert.ok(!(await admin.sees('.acts [aria-haspopup=menu]')), 'nothing can be done to the record that was merged');
      await admin.click('.line-says a');
      await until('the other record', async () => (await admin.page.url()).endsWith(`/person/${kept.id}`));
    });

    test('erased by an order: the name has to be typed, then it is nowhere', async () => {
      const name = '诸葛遗忘';
      const { id } = await enter(name, { phone: '14000000012' });
      await admin.visit(`/person/${id}`, 'h1', name);
      await admin.choose('按要求删除');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [role=alert]', '请填写此项');
      await admin.fill('dialog input[name=order]', '青组〔2026〕7号');
      await admin.click('dialog button[type=submit]');
      await admin.fill('dialog input[name=typed]', '诸葛');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [role=alert]', name);
      assert.deepEqual(await admin.axe(), []);
      await admin.fill('dialog input[name=typed]', name);
      await admin.send();
      await admin.waitFor('h1', '已按要求删除');
      assert.ok(!(await admin.text()).includes(name));
      await admin.visit(`/audit?person=${id}`, '.audit-row', '青组〔2026〕7号');
      assert.ok(!(await admin.text()).includes(name));
      await admin.visit('/people', '.people-table tbody tr');
      await admin.fill('.people-tools input[type=search]', name);
      await admin.waitFor('.empty', '没有符合的人员');
    });

    test('two who edit one person: the second is told, and sees both', async () => {
      const { id } = await enter('同时改', { phone: '14000000013' });
      const second = await clerk('admin', `/person/${id}`);
      await second.waitFor('h1', '同时改');
      await admin.visit(`/person/${id}`, 'h1', '同时改');
      await second.click('.acts button', '修改');
      await admin.click('.acts button', '修改');
      await admin.fill('dialog input[name=phone]', '14000000014');
      await admin.send();
      await second.fill('dialog input[name=phone]', '14000000015');
      await second.click('dialog button[type=submit]');
      await second.waitFor('dialog [role=alert]', '别人刚刚改过');
      await second.waitFor('dialog .both', '14000000014');
      await second.waitFor('dialog .both', '14000000015');
      await second.page.press('Escape');
      await second.closed();
      assert.equal((await admin.ask('GET', `people/${id}`)).phone, '14000000014');
      await second.page.close();
    });

    test('a rule is made stricter below; a laxer one is refused with the reason', async () => {
      const county = await admin.orgId('青河县');
      const set = async (days) => {
        await admin.click('[data-policy=keep_stills_days] button');
        await admin.fill('dialog input[name=value]', days);
        await admin.fill('dialog textarea[name=why]', '县里的规定');
        await admin.click('dialog button[type=submit]');
      };
      await admin.visit('/policy/1', '[data-policy=keep_stills_days]', '30 天');
      await set('20');
      await admin.waitFor('[data-policy=keep_stills_days]', '20 天');
      await admin.visit(`/policy/${county}`, '[data-policy=keep_stills_days]', '南岭市');
      await set('25');
      await admin.waitFor('dialog [role=alert]', '宽松');
      assert.deepEqual(await admin.axe(), []);
      await admin.fill('dialog input[name=value]', '10');
      await admin.send();
      await admin.waitFor('[data-policy=keep_stills_days]', '10 天');
      await admin.waitFor('[data-policy=keep_stills_days]', '本级设定');
      await admin.visit(`/audit?org=${county}`, '.audit-row', '截图保存天数');
      await admin.waitFor('.changes', '10 天');
      assert.ok(!(await admin.text()).includes('keep_stills_days'), 'a rule by its key');
      await admin.visit(`/org/${county}`, '.org-name');
      await admin.click('[data-tab=history]');
      await admin.waitFor('.timeline', '截图保存天数 · 10 天');
    });

    test('tables of people and of the audit log', async () => {
      await admin.visit('/import', '.drop-zone');
      const table = await fileOf('a[href*="exports/people"]');
      assert.match(table.name, /\.xlsx$/);
      assert.equal(table.bytes.subarray(0, 2).toString(), 'PK');
      await admin.visit('/audit', '.audit-row');
      const log = await fileOf('a[href*="audit.csv"]');
      assert.match(log.name, /\.csv$/);
      assert.match(log.bytes.toString(), /导出人员|person\.export/, 'the table of people stands in it');
    });

    /* What a link gives. Chromium saves it as for a user; Firefox, whose driver tells nothing of downloads, asks for its address. */
    async function fileOf(css) {
      if (browser === 'Chromium') {
        const [download] = await Promise.all([admin.page.raw.waitForEvent('download'), admin.click(css)]);
        return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
      }
      const [name, text] = await admin.page.evaluate(async (css) => {
        const reply = await fetch(document.querySelector(css).href), blob = await reply.blob();
        const data = await new Promise((done) => {
          const reader = new FileReader();
          reader.onload = () => done(reader.result);
          reader.readAsDataURL(blob);
        });
        return [/filename\*?="?([^";]+)/.exec(reply.headers.get('content-disposition'))?.[1], data.slice(data.indexOf(',') + 1)];
      }, css);
      return { name, bytes: Buffer.from(text, 'base64') };
    }

    test('an own password; the other sign-ins end; a link after it was forgotten', async () => {
      const s = await clerk('cohost');
      const elsewhere = await clerk('cohost');
      const change = async (old, fresh, again) => {
        for (const [name, value] of [['old', old], ['fresh', fresh], ['again', again]])
          await s.fill(`input[name=${name}]`, value);
        await s.click('button[type=submit]');
      };
      await s.visit('/password', 'input[name=old]');
      await change(PASSWORD, 'kurz', 'kurz');
      await s.waitFor('[role=alert]', '至少 8 个字符');
      await change(PASSWORD, 'lang genug 1', 'lang genug 2');
      await s.waitFor('[role=alert]', '两次输入不一致');
      await change('nicht dieses', 'lang genug 1', 'lang genug 1');
      await s.waitFor('[role=alert]', '原密码不对');
      assert.deepEqual(await s.axe(), []);
      await change(PASSWORD, 'lang genug 1', 'lang genug 1');
      await s.waitFor('.said', '密码已修改');
      await elsewhere.page.reload();
      await elsewhere.waitFor('input[name=account]');

      const { items: [{ id }] } = await admin.ask('GET', `people?q=${encodeURIComponent('李秀英（联席主持）')}`);
      await admin.visit(`/person/${id}`, 'h1', '李秀英');
      await admin.choose('登录链接');
      await admin.click('dialog button[type=submit]');
      await admin.waitFor('dialog [data-code]');
      const code = await admin.page.evaluate(() => document.querySelector('[data-code]').dataset.code);
      await admin.click('dialog button', '完成');
      await elsewhere.page.goto(`${server.url}/pair#${code}`);
      await elsewhere.waitFor('.sign-in-card');
      await elsewhere.click('button[type=submit]');
      await elsewhere.waitFor('.page-who', '李秀英');
      await until('the link told in the audit log', async () => (await admin.ask('GET', `audit?person=${id}`)).items.some((r) => r.act === 'link.use'));
      await Promise.all([s.page.close(), elsewhere.page.close()]);
    });

    test('a phone is paired by its own code, and unpaired', async () => {
      const m = await clerk('member', '/sessions');
      await m.visit('/sessions', '[data-session]');
      await m.click('.title-acts button', '绑定手机');
      await m.fill('dialog input[name=device]', '小梅的手机');
      await m.click('dialog button[type=submit]');
      await m.waitFor('dialog .qr');
      const code = await m.page.evaluate(() => document.querySelector('[data-code]').dataset.code);
      const phone = await clerk('', `/pair#${code}`);
      await phone.page.resize(...PHONE);
      await phone.click('button[type=submit]');
      await phone.waitFor('.page-who', '黄小梅');
      assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.deepEqual(await phone.axe(), []);
      await m.click('dialog button', '完成');
      await m.waitFor('[data-session]', '小梅的手机');
      const session = await m.page.evaluate(() => [...document.querySelectorAll('[data-session]')].find((r) => r.textContent.includes('小梅的手机')).dataset.session);
      await m.click(`[data-session="${session}"] button`);
      await m.send();
      await until('the phone gone', async () => !(await m.sees('[data-session]', '小梅的手机')));
      await phone.page.reload();
      await phone.waitFor('input[name=account]');
      await Promise.all([m.page.close(), phone.page.close()]);
    });

    test('a right taken away while its page is open: the act is refused in words, and the pages go', async () => {
      const { items: [{ id }] } = await admin.ask('GET', `people?q=${encodeURIComponent('陈明远（讲师）')}`);
      await admin.ask('POST', 'grants', { person: id, org: east, role: 'administrator', subtree: true, purpose: '临时' });
      const s = await clerk('expert', `/org/${east}`);
      await s.waitFor('.org-name', '东郊村');
      await s.choose('更名');
      await s.fill('dialog input[name=name]', '不该有的名称');
      const { items: grants } = await admin.ask('GET', `grants?person=${id}`);
      await admin.ask('POST', `grants/${grants[0].id}/end`, { why: '换人' });
      await s.click('dialog button[type=submit]');
      await s.waitFor('dialog [role=alert]');
      assert.match(await s.page.evaluate(() => document.querySelector('dialog [role=alert]').textContent), /没有权限|不在您的查看范围内/);
      assert.deepEqual(await s.axe(), []);
      await s.page.press('Escape');
      await s.closed();
      assert.equal((await admin.ask('GET', `orgs/${east}`)).name, '青河镇东郊村党支部');
      await s.click('.page-home');
      await s.waitFor('.home-title', '我的信息');
      await until('no way to the organisations', async () => !(await s.sees('.page-nav a', '授权')));
      await s.page.close();
    });
  });
}
