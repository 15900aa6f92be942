using System.Collections.Concurrent;
using Database;
using Microsoft.Extensions.Options;
using Portal.Identity.Companies;

namespace Portal.Identity.SignIn;

/// <summary>Every issuer that somebody may sign in at, by its key; each keeps what it has learned of itself.</summary>
internal sealed class Issuers : IDisposable
{
    private const int MostKept = 500;

    private readonly Db db;
    private readonly PublicAddress address;
    private readonly IOptions<IdentityOptions> options;
    private readonly CompanySecrets secrets;
    private readonly TimeProvider clock;
    private readonly HttpClient forCompanies;
    private readonly List<HttpClient> clients = [];
    private readonly ConcurrentDictionary<string, (IssuerSettings Settings, Issuer Issuer)> companies = [];

    public Issuers(
        Db db, PublicAddress address, IOptions<IdentityOptions> options, Oidc.Clients own, CompanySecrets secrets, TimeProvider clock)
    {
        (this.db, this.address, this.options, this.secrets, this.clock) = (db, address, options, secrets, clock);
        var set = options.Value;
        Deployment = new Issuer(
            () => new IssuerSettings(IssuerSettings.Deployment, address.Issuer, set.ClientId, set.IsOwnProvider ? own.OwnSecret : set.ClientSecret)
            {
                IsOwn = set.IsOwnProvider,
                Backchannel = address.Backchannel,
            },
            Client(Neighbour(!set.IsOwnProvider && set.Backchannel.Length == 0)), address, clock);
        if (set.Staff.Issuer.Length > 0)
        {
            var staff = new IssuerSettings(IssuerSettings.Staff, set.Staff.Issuer.TrimEnd('/'), set.Staff.ClientId, set.Staff.ClientSecret)
            {
                Backchannel = (set.Staff.Backchannel.Length > 0 ? set.Staff.Backchannel : set.Staff.Issuer).TrimEnd('/'),
                ExtraScopes = set.Staff.ExtraScopes,
            };
            Staff = new Issuer(() => staff, Client(Neighbour(set.Staff.Backchannel.Length == 0)), address, clock);
        }

        var guarded = Neighbour(useProxy: false);
        guarded.ConnectCallback = new PublicNetwork(set.Companies.AllowedNetworks).Connect;
        forCompanies = Client(guarded);
    }

    /// <summary>The own provider, or the one that is configured in its place.</summary>
    public Issuer Deployment { get; }

    /// <summary>Null where staff sign in as everybody does.</summary>
    public Issuer? Staff { get; }

    /// <summary>Null when there is no such issuer or a company has switched its own off.</summary>
    public async Task<Issuer?> Find(string key) => key switch
    {
        IssuerSettings.Deployment => Deployment,
        IssuerSettings.Staff => Staff,
        _ => Id.TryParse<CompanyIssuerId>(key, out var id) && await CompanyIssuer.ById(db, id) is { IsOn: true } company ? Of(company) : null,
    };

    /// <summary>The relation to whoever is called so and knows the portal by this client id: for tokens that come unasked.</summary>
    public async Task<IReadOnlyList<Issuer>> Named(string name, string clientId)
    {
        var own = new[] { options.Value.IsOwnProvider ? null : Deployment, Staff }
            .OfType<Issuer>().Where(one => one.Name == name.TrimEnd('/') && one.Settings.ClientId == clientId);
        return [.. own, .. (await CompanyIssuer.Named(db, name.TrimEnd('/'), clientId)).Select(Of)];
    }

    /// <summary>The issuer that a company has configured, also while it is being tried out.</summary>
    public Issuer Of(CompanyIssuer company)
    {
        var settings = new IssuerSettings(company.Id.Value, company.Issuer.TrimEnd('/'), company.ClientId, secrets.Open(company.ProtectedSecret))
        {
            ExtraScopes = company.ExtraScopes,
        };
        if (companies.TryGetValue(settings.Key, out var kept) && kept.Settings == settings) return kept.Issuer;
        if (companies.Count >= MostKept) companies.Clear();
        var made = new Issuer(() => settings, forCompanies, address, clock);
        companies[settings.Key] = (settings, made);
        return made;
    }

    /// <summary>The same, with nothing known of it yet: what it says now counts.</summary>
    public Issuer Anew(CompanyIssuer company)
    {
        companies.TryRemove(company.Id.Value, out _);
        return Of(company);
    }

    public void Dispose() => clients.ForEach(client => client.Dispose());

    // no proxy on the way to a neighbour, no redirect to wherever
    private SocketsHttpHandler Neighbour(bool useProxy) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = useProxy,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = options.Value.IssuerWithin,
        UseCookies = false,
    };

    private HttpClient Client(SocketsHttpHandler handler)
    {
        var client = new HttpClient(handler) { Timeout = options.Value.IssuerWithin, MaxResponseContentBufferSize = Issuer.LongestAnswer };
        clients.Add(client);
        return client;
    }
}
