// A certified OpenID provider on loopback, for the tests of signing in at a municipality's own provider.
// It signs in whoever the address asks for (login_hint), without a form, and says where it listens on its first line.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const people = JSON.parse(process.argv[2]);
const back = process.argv[3];
const server = createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const client = { client_id: "library", client_secret: "s".repeat(32), redirect_uris: [back], post_logout_redirect_uris: [] };
  const provider = new Provider(issuer, {
    clients: [client, { ...client, client_id: "somebody-else" }],
    claims: { openid: ["sub", "amr", "acr"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["tests-only"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    ttl: { IdToken: 600, AccessToken: 600, AuthorizationCode: 60, Session: 600, Interaction: 600, Grant: 600 },
  });
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
    const { params, session } = await provider.interactionDetails(request, response);
    const accountId = session?.accountId ?? params.login_hint;
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope("openid email profile");
    const result = { login: { accountId, amr: people[accountId].amr }, consent: { grantId: await grant.save() } };
    return provider.interactionFinished(request, response, result);
  });
  console.log(issuer);
});
