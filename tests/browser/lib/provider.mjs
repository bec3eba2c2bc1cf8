// A real provider of OpenID Connect (the npm package oidc-provider), with its own pages for signing in and consenting.
import { createServer } from 'node:http';
import { Provider as OidcProvider } from 'oidc-provider';

export const CLIENT = 'huitang';
export const SECRET = 'a secret: of/ours?';

export class Provider {
  /** `redirects`: where browsers may be sent back to. `claims(login)`: what it knows of somebody. `in_token`: said in the ID token, else at userinfo. */
  static async start({ claims = (login) => ({ preferred_username: login }), alg = 'RS256', in_token = false } = {}) {
    const p = new Provider();
    p.redirects = [];
    p.http = createServer((request, response) => p.callback(request, response));
    await new Promise((done) => p.http.listen(0, '127.0.0.1', done));
    p.issuer = `http://127.0.0.1:${p.http.address().port}`;
    p.configure = (redirects) => {
      const oidc = new OidcProvider(p.issuer, {
        clients: [{ client_id: CLIENT, client_secret: SECRET, redirect_uris: redirects, token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: alg }],
        findAccount: (_, login) => ({ accountId: login, claims: () => ({ sub: login, ...claims(login) }) }),
        claims: { profile: ['preferred_username', 'card_number'] },
        conformIdTokenClaims: !in_token,
        pkce: { required: () => true },
        cookies: { keys: ['a key for tests'] },
        jwks: { keys: [] .concat(p.keys) },
      });
      oidc.on('server_error', (_, error) => console.error(error));
      p.callback = oidc.callback();
    };
    p.keys = await keys();
    return p;
  }

  async stop() {
    this.http.closeAllConnections?.();
    await new Promise((done) => this.http.close(done));
  }
}

async function keys() {
  const { generateKeyPairSync } = await import('node:crypto');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return [{ ...rsa, use: 'sig', alg: 'RS256', kid: 'rsa' }, { ...ec, use: 'sig', alg: 'ES256', kid: 'ec' }];
}
