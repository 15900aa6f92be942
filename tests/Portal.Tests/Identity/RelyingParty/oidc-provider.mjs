// npm's oidc-provider (certified), unchanged, with accounts in memory: node oidc-provider.mjs '{"modules", "port", "clients", "accounts"}'
import { pathToFileURL } from 'node:url'

const { modules, port, issuer, clients, accounts } = JSON.parse(process.argv[2])
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`))

const provider = new Provider(issuer ?? `http://localhost:${port}`, {
  clients,
  scopes: ['openid', 'profile', 'email', 'groups'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
  pkce: { required: () => true },
  // without its guard against addresses inside: the portal of a test lies on loopback
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  cookies: { keys: ['only for the tests'] },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }
})
// behind a proxy that speaks https to the outside
provider.proxy = issuer !== undefined
provider.on('server_error', (_, error) => console.error(error))
provider.on('grant.error', (_, error) => console.error(error.message, error.error_detail ?? ''))
provider.listen(port, '127.0.0.1', () => console.log('listening'))
