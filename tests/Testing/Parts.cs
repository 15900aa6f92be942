using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Testing;

/// <summary>
/// The real servers that <c>tests/Parts</c> starts, as environment variables name them. A test that needs one calls
/// <c>Parts.RequireLxd()</c> and is skipped with the reason where there is none; with <c>CI=true</c> that is a failure.
/// </summary>
public static class Parts
{
    /// <summary>LXD over unix socket and HTTPS, or null.</summary>
    public static LxdPart? Lxd { get; } = Text("LXD_URL") is not { } url ? null : new LxdPart
    {
        Url = new Uri(url),
        Socket = Needed("LXD_SOCKET"),
        ClientCertificate = Needed("LXD_CLIENT_CERT"),
        ClientKey = Needed("LXD_CLIENT_KEY"),
        ServerFingerprint = Needed("LXD_SERVER_FINGERPRINT"),
        Image = Needed("LXD_IMAGE"),
        ImageAlt = Needed("LXD_IMAGE_ALT"),
        ImageDebian = Text("LXD_IMAGE_DEBIAN"),
        Pool = Needed("LXD_POOL"),
        Network = Needed("LXD_NETWORK"),
        Subnet = Needed("LXD_SUBNET"),
    };

    /// <summary>A Ceph RADOS Gateway, or null.</summary>
    public static S3Part? S3 { get; } = Text("S3_ENDPOINT") is not { } endpoint ? null : new S3Part
    {
        Endpoint = new Uri(endpoint),
        TlsEndpoint = new Uri(Needed("S3_TLS_ENDPOINT")),
        Authority = Needed("S3_CA"),
        Region = Needed("S3_REGION"),
        AccessKey = Needed("S3_ACCESS_KEY"),
        SecretKey = Needed("S3_SECRET_KEY"),
    };

    /// <summary>A mail server with an inbox that answers JSON, or null.</summary>
    public static SmtpPart? Smtp { get; } = Text("SMTP_HOST") is not { } host ? null : new SmtpPart
    {
        Host = host,
        Port = int.Parse(Needed("SMTP_PORT"), System.Globalization.CultureInfo.InvariantCulture),
        User = Needed("SMTP_USER"),
        Password = Needed("SMTP_PASSWORD"),
        Authority = Needed("SMTP_CA"),
        Inbox = new Uri(Needed("INBOX_URL")),
    };

    /// <summary>The path of a Chromium-family browser, or null.</summary>
    public static string? Chromium { get; } = Text("CHROMIUM");

    /// <summary>The folder with the npm packages of tests/Parts/npm, or null.</summary>
    public static string? NodeModules { get; } = Text("NODE_MODULES");

    /// <summary>The path of Apache, whose modules lie in Debian's folder with mod_auth_openidc among them, or null.</summary>
    public static string? Apache { get; } = Text("APACHE");

    /// <summary>The folder with the programs of oidc-agent, or null.</summary>
    public static string? OidcAgent { get; } = Text("OIDC_AGENT");

    /// <summary>The path of Glewlwyd, an OpenID provider, or null.</summary>
    public static string? Glewlwyd { get; } = Text("GLEWLWYD");

    /// <summary>Whether the long form was asked for (<c>./dev test --long</c>).</summary>
    public static bool LongForm { get; } = Text("LONG") == "1";

    private static bool MustBeComplete { get; } = Environment.GetEnvironmentVariable("CI") == "true";

    public static LxdPart RequireLxd() => Require(Lxd, "LXD", "lxd");

    /// <summary>LXD with the Debian image, which only the long form builds.</summary>
    public static LxdPart RequireLxdWithDebian()
    {
        RequireLong();
        return Require(RequireLxd() is { ImageDebian: not null } part ? part : null, "the Debian image in LXD", "lxd debian");
    }

    public static S3Part RequireS3() => Require(S3, "Ceph", "ceph");

    public static SmtpPart RequireSmtp() => Require(Smtp, "the mail server", "mail");

    public static string RequireChromium() => Require(Chromium, "a Chromium-family browser", "chromium");

    public static string RequireNodeModules() => Require(NodeModules, "npm's packages", "npm");

    public static string RequireApache() => Require(Apache, "Apache with mod_auth_openidc", "openid");

    public static string RequireOidcAgent() => Require(OidcAgent, "oidc-agent", "openid");

    public static string RequireGlewlwyd() => Require(Glewlwyd, "Glewlwyd", "openid");

    public static void RequireLong() => Assert.SkipUnless(LongForm, "only with --long");

    private static T Require<T>(T? part, string name, string script)
        where T : class
    {
        if (part is not null) return part;
        var reason = $"{name} is not there (tests/Parts/up {script})";
        if (MustBeComplete) throw new InvalidOperationException($"{reason}, and CI=true wants every real part.");
        Assert.Skip(reason);
        return null;
    }

    private static string? Text(string name) =>
        Environment.GetEnvironmentVariable($"PORTAL_TEST_{name}") is { Length: > 0 } value ? value : null;

    private static string Needed(string name) =>
        Text(name) ?? throw new InvalidOperationException($"PORTAL_TEST_{name} is missing; take all lines that tests/Parts/up prints.");
}

/// <summary>A real LXD.</summary>
public sealed record LxdPart
{
    /// <summary>The HTTPS address; its certificate is self-signed.</summary>
    public required Uri Url { get; init; }

    /// <summary>The unix socket.</summary>
    public required string Socket { get; init; }

    /// <summary>PEM file.</summary>
    public required string ClientCertificate { get; init; }

    /// <summary>PEM file.</summary>
    public required string ClientKey { get; init; }

    /// <summary>SHA-256 of the server's certificate, lower-case hex.</summary>
    public required string ServerFingerprint { get; init; }

    /// <summary>The alias of a small image that answers HTTP on port 80, <c>/cgi-bin/info</c> with <c>host=NAME</c>.</summary>
    public required string Image { get; init; }

    /// <summary>Another one like it.</summary>
    public required string ImageAlt { get; init; }

    /// <summary>The alias of a Debian 12 image with sshd and cloud-init, in the long form only.</summary>
    public string? ImageDebian { get; init; }

    public required string Pool { get; init; }

    public required string Network { get; init; }

    /// <summary>The bridge's subnet, e.g. <c>10.83.20.0/24</c>: .2 to .199 by DHCP.</summary>
    public required string Subnet { get; init; }
}

/// <summary>A real S3 server.</summary>
public sealed record S3Part
{
    public required Uri Endpoint { get; init; }

    public required Uri TlsEndpoint { get; init; }

    /// <summary>PEM file of the authority that signed the TLS endpoint's certificate.</summary>
    public required string Authority { get; init; }

    public required string Region { get; init; }

    public required string AccessKey { get; init; }

    public required string SecretKey { get; init; }

    /// <summary>The authority, to trust it in a client of one's own.</summary>
    public X509Certificate2 Trust() => X509CertificateLoader.LoadCertificateFromFile(Authority);
}

/// <summary>A real mail server: STARTTLS and a sign-in are required.</summary>
public sealed record SmtpPart
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    public required string Password { get; init; }

    /// <summary>PEM file of the authority that signed the server's certificate.</summary>
    public required string Authority { get; init; }

    /// <summary>GET answers all mails as JSON, with <c>?to.address=…</c> one person's.</summary>
    public required Uri Inbox { get; init; }
}
