namespace Portal.Identity;

/// <summary>Who says who somebody is, and how long that holds. Section <c>Portal:Identity</c>.</summary>
public sealed record IdentityOptions
{
    internal const string Section = "Portal:Identity";
    internal const string DevelopmentMark = "development-only";

    /// <summary>The address under which customers reach the portal; empty takes the address the host listens on (development only).</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>The OpenID provider's issuer; empty means the provider in this portal.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Where this process reaches the issuer when its public name does not resolve here; empty takes the issuer itself.</summary>
    public string Backchannel { get; init; } = "";

    /// <summary>The portal's client id at the issuer.</summary>
    public string ClientId { get; init; } = "portal";

    /// <summary>The portal's secret at a foreign issuer; the own provider needs none.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>How long a sign-in waits for one answer of the issuer before the page says that it cannot be reached.</summary>
    public TimeSpan IssuerWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At least 32 characters; encrypts the keys that lie in the database. Losing it signs everybody out.</summary>
    public string MasterSecret { get; init; } = "";

    /// <summary>A session ends when it was not used this long.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A session ends this long after the sign-in, used or not.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How long a link in a mail is good.</summary>
    public TimeSpan LinkLength { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Failed sign-ins of one address, in fifteen minutes, after which it is locked.</summary>
    public int FailuresPerAddress { get; init; } = 10;

    /// <summary>Failed sign-ins from one IP, in fifteen minutes, after which it is locked.</summary>
    public int FailuresPerIp { get; init; } = 100;

    /// <summary>Wrong second factors of one person, in fifteen minutes, after which they are locked; four times as many in a day.</summary>
    public int FailuresPerFactor { get; init; } = 5;

    /// <summary>A file with further passwords nobody may choose, one a line; read at start.</summary>
    public string CommonPasswordsFile { get; init; } = "";

    /// <summary>How long somebody who has shown who they are may pay, delete and change what matters without being asked again.</summary>
    public TimeSpan FreshFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether staff must sign in with a second factor; empty asks for it everywhere but in development.</summary>
    public bool? StaffNeedSecondFactor { get; init; }

    /// <summary>Sign-ups and password links asked for from one IP in an hour.</summary>
    public int LinksPerIp { get; init; } = 60;

    /// <summary>Links mailed to one address in an hour; more are not sent.</summary>
    public int LinksPerAddress { get; init; } = 5;

    /// <summary>The values of <c>acr</c> by which a foreign issuer says that a second factor was shown; asked for at step-up.</summary>
    public IReadOnlyList<string> SecondFactorAcr { get; init; } = [];

    /// <summary>A signing key is replaced after this time; the next one is published a week ahead.</summary>
    public TimeSpan SigningKeyLength { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Further clients of the own provider.</summary>
    public IReadOnlyList<Oidc.ClientOptions> Clients { get; init; } = [];

    /// <summary>A second issuer for staff alone.</summary>
    public SignIn.StaffIssuerOptions Staff { get; init; } = new();

    /// <summary>The issuers that customers bring along.</summary>
    public SignIn.CompanyOptions Companies { get; init; } = new();

    /// <summary>What an issuer that the operator has chosen is asked for when two factors are wanted; null: nothing.</summary>
    internal string? ForeignAcr => string.Join(' ', SecondFactorAcr) is { Length: > 0 } asked ? asked : null;

    /// <summary>Whether this portal is its own provider.</summary>
    public bool IsOwnProvider => Issuer.Length == 0;

    internal static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    /// <summary>An endpoint of an issuer, which may have a query (RFC 6749 section 3.1).</summary>
    internal static bool IsSafeWithQuery(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
        && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback));

    internal static bool IsSafe(string text) =>
        IsAddress(text) && (new Uri(text) is var uri) && (uri.Scheme == "https" || uri.IsLoopback);
}
