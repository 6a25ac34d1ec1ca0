// An independent OpenID Connect issuer on loopback, told everything by one JSON file: node server.mjs FILE.
// Signing in is a name, from `login_hint` or a page: whoever it is is signed in at the level that was asked for.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import Provider, { interactionPolicy } from 'oidc-provider';

const told = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const METHODS = { aal1: ['pwd'], aal2: ['pwd', 'otp'] };
const wanted = (params) => (params.acr_values ?? '').split(' ').find((level) => level in METHODS) ?? 'aal1';

const { Check, base } = interactionPolicy;
const policy = base();
policy.get('login').checks.add(
  new Check('level', 'a better proof of identity is asked for', 'login_required', ({ oidc }) => {
    const enough = oidc.session.acr >= wanted(oidc.params) || oidc.result?.login !== undefined;
    return enough ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT;
  }),
);

function claimsOf(ctx, token) {
  if (token.kind === 'ClientCredentials') {
    return told.systems[token.clientId];
  }
  const { AuthorizationCode, RefreshToken } = ctx.oidc.entities;
  const source = RefreshToken ?? AuthorizationCode;
  return {
    ...told.people[token.accountId],
    acr: source.acr,
    amr: source.amr,
    auth_time: source.authTime,
    ...(source.sid ? { sid: source.sid } : {}),
  };
}

const provider = new Provider(told.issuer, {
  acrValues: Object.keys(METHODS),
  clients: told.clients,
  jwks: told.jwks,
  cookies: { keys: [told.cookie_key] },
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub'], acr: null, amr: null, auth_time: null, sid: null },
  clientAuthMethods: ['none', 'client_secret_basic', 'private_key_jwt'],
  clientDefaults: { id_token_signed_response_alg: 'ES256', require_auth_time: true },
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256'],
    clientAuthSigningAlgValues: ['ES256'],
  },
  pkce: { required: () => true },
  responseTypes: ['code'],
  ttl: { AccessToken: 600, ClientCredentials: 600, IdToken: 600, Session: 28800, Interaction: 600, Grant: 28800, RefreshToken: 28800 },
  findAccount: (_ctx, id) => (id in told.people ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
  extraTokenClaims: claimsOf,
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  interactions: { policy, url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  // Everybody agreed beforehand: consent is not what is tested here.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(told.resource, 'tellus');
    await grant.save();
    return grant;
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    userinfo: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!DOCTYPE html><title>Sign out</title>${form}`;
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => told.resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'tellus',
        audience: told.audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  // The protection against calls into one's own network is right, and in the way: everything here is on loopback.
  fetch: (url, { dispatcher: _protected, ...options }) => globalThis.fetch(url, options),
});

const PAGE = '<!DOCTYPE html><title>Sign in</title><form method="post"><input name="person"><button>Sign in</button></form>';

async function signIn(request, response) {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (prompt.name !== 'login') {
    throw new Error(`somebody would have to be asked for ${prompt.name}: ${JSON.stringify(prompt)}`);
  }
  const accountId = params.login_hint ?? (await given(request)).get('person');
  if (!(accountId in told.people)) {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    return;
  }
  const acr = wanted(params);
  const login = { accountId, acr, amr: METHODS[acr], remember: true };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

async function given(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }
  return new URLSearchParams(body);
}

const answer = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  signIn(request, response).catch((error) => {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(error.message);
  });
});
server.listen(told.port, '127.0.0.1');
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
