// A provider that may say anything: right at first, then as `mode` has it. It asks nobody for a password.
import { createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const base64url = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export class Liar {
  static async start() {
    const liar = new Liar();
    liar.mode = 'right';
    liar.login = 'member';
    liar.requests = [];
    liar.codes = new Map();
    liar.rotate();
    liar.http = createServer((request, response) => liar.answer(request, response));
    await liar.listen(0);
    liar.port = liar.http.address().port;
    liar.issuer = `http://127.0.0.1:${liar.port}`;
    return liar;
  }

  listen(port) {
    return new Promise((done) => this.http.listen(port, '127.0.0.1', done));
  }

  async stop() {
    this.http.closeAllConnections?.();
    await new Promise((done) => this.http.close(done));
  }

  /** New keys, of another name. */
  rotate() {
    this.kid = randomBytes(4).toString('hex');
    this.key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  }

  document() {
    const { issuer, mode } = this;
    return {
      issuer: mode === 'another_issuer' ? 'https://id.example' : issuer, authorization_endpoint: `${issuer}/auth`, jwks_uri: `${issuer}/jwks`,
      token_endpoint: mode === 'token_elsewhere' ? 'http://127.0.0.2:9/token' : `${issuer}/token`,
    };
  }

  /** Sends the browser back at once. */
  authorize(url) {
    const ask = url.searchParams, back = new URL(ask.get('redirect_uri'));
    const code = randomBytes(16).toString('hex');
    this.codes.set(code, Object.fromEntries(ask));
    back.searchParams.set('state', ask.get('state'));
    if (this.mode === 'denies')
      back.searchParams.set('error', 'access_denied');
    else
      back.searchParams.set('code', code);
    if (this.mode === 'says_another_issuer')
      back.searchParams.set('iss', 'https://id.example');
    return back.href;
  }

  idToken(asked) {
    const { mode } = this, now = Math.floor(Date.now() / 1000);
    const alg = mode === 'alg_none' ? 'none' : mode === 'alg_hs256' ? 'HS256' : 'RS256';
    const claims = {
      iss: mode === 'wrong_issuer' ? 'https://id.example' : this.issuer, aud: mode === 'wrong_audience' ? 'another' : asked.client_id, sub: 'user-1',
      nonce: mode === 'wrong_nonce' ? 'another' : asked.nonce, preferred_username: this.login,
      iat: mode === 'expired' ? now - 7200 : now, exp: mode === 'expired' ? now - 3600 : now + 300,
    };
    if (mode === 'no_claim')
      delete claims.preferred_username;
    const head = `${base64url({ alg, kid: this.kid })}.${base64url(claims)}`;
    if (alg === 'none')
      return `${head}.`;
    if (alg === 'HS256')
      return `${head}.${createHmac('sha256', this.key.publicKey.export({ type: 'spki', format: 'pem' })).update(head).digest('base64url')}`;
    const key = mode === 'another_key' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : this.key;
    return `${head}.${createSign('sha256').update(head).sign(key.privateKey, 'base64url')}`;
  }

  token(body, response) {
    const form = new URLSearchParams(body), asked = this.codes.get(form.get('code'));
    if (this.mode === 'hangs')
      return this.hanging = response;
    if (this.mode === 'fails')
      return response.writeHead(500).end();
    if (this.mode === 'redirects')
      return response.writeHead(307, { location: `${this.issuer}/elsewhere` }).end();
    if (this.mode === 'no_json')
      return response.end('<html>');
    if (this.mode === 'floods')
      return response.end(JSON.stringify({ id_token: 'a'.repeat(1_000_000) }));
    if (!asked || this.mode === 'refuses_code')
      return response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant' }));
    this.codes.delete(form.get('code'));
    return response.end(JSON.stringify(this.mode === 'no_token' ? { access_token: 'x' } : { access_token: 'x', id_token: this.idToken(asked) }));
  }

  answer(request, response) {
    const url = new URL(request.url, this.issuer);
    this.requests.push(url.pathname);
    response.setHeader('content-type', 'application/json');
    if (url.pathname === '/auth')
      return response.writeHead(302, { location: this.authorize(url) }).end();
    if (url.pathname === '/jwks')
      return response.end(JSON.stringify({ keys: [{ ...this.key.publicKey.export({ format: 'jwk' }), kid: this.kid, use: 'sig', alg: 'RS256' }] }));
    if (url.pathname === '/.well-known/openid-configuration')
      return response.end(JSON.stringify(this.document()));
    let body = '';
    request.on('data', (part) => body += part);
    return request.on('end', () => url.pathname === '/token' ? this.token(body, response) : response.writeHead(404).end());
  }
}
