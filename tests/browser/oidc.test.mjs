// Signing in by a provider of OpenID Connect: against a real one through both browsers, and against one that lies, by plain requests.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { axe } from './lib/axe.mjs';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { Liar } from './lib/liar.mjs';
import { CLIENT, Provider, SECRET } from './lib/provider.mjs';
import { Seat } from './lib/seat.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const CARD = '11010519491231002X';

/* Requests with cookies, as a browser keeps them by host, and redirects one at a time. */
class Client {
  cookies = new Map();

  async get(address, init = {}) {
    const at = new URL(address).host, own = this.cookies.get(at) ?? this.cookies.set(at, new Map()).get(at);
    const reply = await fetch(address, { redirect: 'manual', ...init, headers: { ...init.headers, cookie: [...own].map(([name, value]) => `${name}=${value}`).join('; ') } });
    for (const line of reply.headers.getSetCookie?.() ?? reply.headers.get('set-cookie')?.split(/, (?=[A-Za-z_.]+=)/) ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      value ? own.set(name, value) : own.delete(name);
    }
    return reply;
  }

  /** From the button to the page where it ends; the address with the code is kept. */
  async signIn(server, page = '/') {
    const begun = await this.get(`${server.url}/api/v1/session/oidc?page=${encodeURIComponent(page)}`);
    const location = begun.headers.get('location');
    if (begun.status !== 303 || location.startsWith('/'))
      return location;
    this.address = location;
    this.kept = new Map(this.cookies.get(new URL(server.url).host));
    this.back = (await this.get(location)).headers.get('location');
    return this.comeBack(this.back);
  }

  /** The same through the pages of the real provider: up to the address by which it sends the browser back. */
  async throughPages(server, login) {
    let at = (await this.get(`${server.url}/api/v1/session/oidc`)).headers.get('location');
    for (let n = 0; n < 20 && !at.startsWith(server.url); n++) {
      const form = at.includes('/interaction/') ? new URLSearchParams(n < 3 ? { prompt: 'login', login, password: 'any' } : { prompt: 'consent' }) : undefined;
      const reply = await this.get(at, form ? { method: 'POST', body: form } : {});
      at = new URL(reply.headers.get('location'), at).href;
    }
    return at;
  }

  async comeBack(address) {
    return (await this.get(address)).headers.get('location');
  }

  async who(server) {
    const reply = await this.get(`${server.url}/api/v1/session`);
    return reply.ok ? reply.json() : undefined;
  }
}

const metric = async (server, result) => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`provider_sign_ins_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1]);
};

let folder, options;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'huitang-oidc-'));
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  options = (issuer, ...more) => ['--oidc-issuer', issuer, '--oidc-client', CLIENT, '--oidc-secret-file', join(folder, 'secret'), '--oidc-name', '市统一认证', ...more];
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const [browser, openPage, how] of [['Chromium', openChromium, { alg: 'RS256' }], ['Firefox', openFirefox, { alg: 'ES256', in_token: true }]]) {
  describe(`a real provider through ${browser}`, () => {
    let server, provider;
    const open = [];

    before(async () => {
      provider = await Provider.start({ ...how, claims: (login) => ({ preferred_username: login, card_number: CARD }) });
      server = await Server.start(options(provider.issuer, ...(browser === 'Firefox' ? ['--oidc-person', 'card:card_number'] : [])));
      provider.configure([`${server.url}/api/v1/session/oidc/callback`]);
    });
    after(async () => {
      await Promise.allSettled(open.map((p) => p.close()));
      await server?.stop();
      await provider?.stop();
    });

    async function come(login, path) {
      const page = await openPage({ name: login });
      open.push(page);
      const s = new Seat(page, server, {});
      await page.goto(`${server.url}${path}`);
      await s.click('a.button', '用 市统一认证 登录');
      await s.waitFor('input[name=login]');
      await s.fill('input[name=login]', login);
      await s.fill('input[name=password]', 'any');
      await s.click('button[type=submit]');
      await s.waitFor('button[type=submit]', 'Continue');
      await s.click('button[type=submit]', 'Continue');
      return s;
    }

    test('whoever it knows and is registered here comes in, at the page that was asked for', async () => {
      if (browser === 'Chromium') {
        const s = await come('member', '/sessions');
        await s.waitFor('.page-who', '黄小梅');
        assert.match(await s.page.url(), /\/sessions$/);
        return;
      }
      /* By card number, somebody who had no account. */
      const admin = new Client();
      await admin.get(`${server.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"account":"admin","password":"huitang-demo"}' });
      const made = await admin.get(`${server.url}/api/v1/people`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: '端木统一', kind: 'member', org: 4, card: CARD }) });
      assert.equal(made.status, 201);
      const s = await come('anybody', '/');
      await s.waitFor('.page-who', '端木统一');
      assert.ok(!readFileSync(server.log.path, 'utf8').includes(CARD.slice(0, 17)), 'the number is in the log');
    });

    test('whom it knows and nobody here does is told so', async () => {
      if (browser === 'Firefox')
        return;
      const s = await come('nobody-here', '/');
      await s.waitFor('.problem-title', '没有找到您的登记');
      assert.match(await s.page.url(), /\/$/, 'the reason stays in the address');
      assert.deepEqual(await axe(s.page), []);
    });

    test('a code is good once, and only for the browser that asked for it', async () => {
      const c = new Client();
      const back = await c.throughPages(server, 'member');
      const first = await c.comeBack(back);
      assert.equal(first, '/');
      /* The old code with a state that is right. */
      const begun = await c.get(`${server.url}/api/v1/session/oidc`);
      const again = new URL(back);
      again.searchParams.set('state', new URL(begun.headers.get('location')).searchParams.get('state'));
      assert.equal(await c.comeBack(again.href), '/?sign_in=provider_expired');
      assert.equal(await metric(server, 'code_refused'), 1);
    });
  });
}

describe('a provider that lies', () => {
  let server, liar;

  before(async () => {
    liar = await Liar.start();
    server = await Server.start(options(liar.issuer));
  });
  after(async () => {
    await server?.stop();
    await liar?.stop();
  });

  test('what it says of itself is believed for its own host only', async () => {
    for (const mode of ['another_issuer', 'token_elsewhere']) {
      liar.mode = mode;
      assert.equal(await new Client().signIn(server), '/?sign_in=provider_wrong', mode);
    }
    liar.mode = 'right';
  });

  test('it is asked by code with PKCE, state and nonce, and lets in', async () => {
    const c = new Client();
    assert.equal(await c.signIn(server, '/room/demo-meeting'), '/room/demo-meeting');
    const asked = new URL(c.address).searchParams;
    assert.equal(asked.get('response_type'), 'code');
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.equal(asked.get('redirect_uri'), `${server.url}/api/v1/session/oidc/callback`);
    assert.ok(asked.get('scope').split(' ').includes('openid') && asked.get('state').length === 43 && asked.get('nonce').length === 43 && asked.get('code_challenge').length === 43);
    const who = await c.who(server);
    assert.equal(who.account, 'member');
    assert.equal(who.must_change, false);
    assert.equal(await metric(server, 'ok'), 1);
  });

  test('it can neither lie about who, for whom, and when, nor sign by other means', async () => {
    const before = await metric(server, 'token_wrong');
    const modes = ['wrong_nonce', 'expired', 'alg_none', 'alg_hs256', 'wrong_issuer', 'wrong_audience', 'another_key', 'no_claim', 'no_token', 'no_json', 'floods', 'redirects', 'says_another_issuer'];
    for (const mode of modes) {
      const c = new Client();
      liar.mode = mode;
      assert.equal(await c.signIn(server), '/?sign_in=provider_wrong', mode);
      assert.equal(await c.who(server), undefined, mode);
    }
    liar.mode = 'right';
    assert.equal(await metric(server, 'token_wrong') - before, modes.length);
    assert.ok(!liar.requests.includes('/elsewhere'), 'a redirect was followed');
  });

  test('who is nobody here, or a site, does not come in', async () => {
    for (const login of ['nobody', 'branch001', '']) {
      liar.login = login;
      assert.equal(await new Client().signIn(server), login ? '/?sign_in=provider_unknown' : '/?sign_in=provider_wrong');
    }
    liar.login = 'member';
  });

  test('who comes by it needs no password of his own, also one who was given a code before', async () => {
    const admin = new Client();
    const post = async (path, body) => (await admin.get(`${server.url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
    await post('session', { account: 'admin', password: 'huitang-demo' });
    const { id } = await post('people', { name: '端木有码', kind: 'member', org: 4 });
    const listed = (await post('orgs/4/codes', {})).items.find((one) => one.person === id);
    liar.login = listed.account;
    const c = new Client();
    assert.equal(await c.signIn(server), '/');
    const who = await c.who(server);
    assert.deepEqual([who.person, who.must_change, who.has_password], [id, false, false]);
    liar.login = 'member';
  });

  test('a code that is refused, and a person who says no, end at the page of sign-in', async () => {
    liar.mode = 'refuses_code';
    assert.equal(await new Client().signIn(server), '/?sign_in=provider_expired');
    liar.mode = 'denies';
    assert.equal(await new Client().signIn(server), '/?sign_in=provider_denied');
    liar.mode = 'right';
  });

  test('an address that comes back works once, in the browser that left', async () => {
    const c = new Client();
    assert.equal(await c.signIn(server), '/');
    assert.equal(await c.comeBack(c.back), '/?sign_in=provider_expired', 'without its cookie');
    c.cookies.set(new URL(server.url).host, c.kept);
    assert.equal(await c.comeBack(c.back), '/?sign_in=provider_expired', 'with its cookie again');
    /* Somebody else's browser is given an address with a code. */
    const other = new Client();
    await other.get(`${server.url}/api/v1/session/oidc`);
    assert.equal(await other.comeBack(c.back), '/?sign_in=provider_expired');
    assert.equal(await other.who(server), undefined);
    assert.equal(await new Client().comeBack(`${server.url}/api/v1/session/oidc/callback`), '/?sign_in=provider_expired');
  });

  test('pages of others are no place to go on', async () => {
    for (const page of ['//evil.example', 'https://evil.example', '/\\evil.example', '/a b'])
      assert.equal(await new Client().signIn(server, page), '/', page);
  });

  test('while it does not answer everything else goes on; when it is gone that is said', async () => {
    const c = new Client();
    liar.mode = 'hangs';
    let ended = false;
    const waits = c.signIn(server).finally(() => { ended = true; });
    await until('it was asked', () => liar.hanging);
    assert.ok((await fetch(`${server.url}/healthz`)).ok);
    assert.equal((await new Client().get(`${server.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"account":"host","password":"huitang-demo"}' })).status, 200);
    assert.equal(ended, false);
    liar.hanging.destroy();
    assert.equal(await waits, '/?sign_in=provider_down');
    liar.mode = 'fails';
    assert.equal(await new Client().signIn(server), '/?sign_in=provider_down');
    liar.mode = 'right';
    const begun = new Client();
    const left = await begun.get(`${server.url}/api/v1/session/oidc`);
    const back = (await begun.get(left.headers.get('location'))).headers.get('location');
    await liar.stop();
    assert.equal(await begun.comeBack(back), '/?sign_in=provider_down');
    assert.ok(await metric(server, 'down') >= 3);
    await liar.listen(liar.port);
    assert.equal(await new Client().signIn(server), '/');
  });

  test('its keys may change', async () => {
    liar.rotate();
    await until('the new key is known', async () => await new Client().signIn(server) === '/', { every: 1000, ms: 40000 });
  });

  test('who guesses at addresses is slowed down', async () => {
    let ends;
    for (let n = 0; n < 60 && ends !== '/?sign_in=rate_limited'; n++)
      ends = await new Client().comeBack(`${server.url}/api/v1/session/oidc/callback?code=x&state=y`);
    assert.equal(ends, '/?sign_in=rate_limited');
  });
});

test('without a provider there is no such way', async () => {
  const server = await Server.start();
  try {
    assert.deepEqual(await (await fetch(`${server.url}/api/v1/session/ways`)).json(), {});
    assert.equal((await fetch(`${server.url}/api/v1/session/oidc`)).status, 404);
    assert.equal((await fetch(`${server.url}/api/v1/session/oidc/callback?code=x&state=y`)).status, 404);
  } finally {
    await server.stop();
  }
});
