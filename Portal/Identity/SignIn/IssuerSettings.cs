namespace Portal.Identity.SignIn;

/// <summary>What the portal knows of an issuer before it asks it anything.</summary>
/// <param name="Key"><c>portal</c>, <c>staff</c> or the id of a company's issuer.</param>
/// <param name="Name">The issuer's name, without a slash at the end.</param>
internal sealed record IssuerSettings(string Key, string Name, string ClientId, string ClientSecret)
{
    /// <summary>The issuer of the whole deployment: the own provider unless another is configured.</summary>
    public const string Deployment = "portal";

    /// <summary>The issuer of staff.</summary>
    public const string Staff = "staff";

    /// <summary>The built-in provider, which always says when and how somebody signed in.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Where this process reaches the issuer.</summary>
    public string Backchannel { get; init; } = Name;

    /// <summary>Asked for besides <c>openid profile email</c>.</summary>
    public string ExtraScopes { get; init; } = "";

    /// <summary>Each relation has an address of its own, so that one issuer's code never reaches another one (RFC 9700 section 4.4.2).</summary>
    public string CallbackPath => Key == Deployment ? Paths.Callback : $"{Paths.Callback}/{Key}";

    public string Scope => ExtraScopes.Length == 0 ? "openid profile email" : $"openid profile email {ExtraScopes}";
}

/// <summary>A second issuer that only staff sign in at. Section <c>Portal:Identity:Staff</c>.</summary>
public sealed record StaffIssuerOptions
{
    /// <summary>The issuer; empty: staff sign in as everybody does.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Where this process reaches it when its public name does not resolve here; empty takes the issuer itself.</summary>
    public string Backchannel { get; init; } = "";

    /// <summary>The portal's client id at that issuer.</summary>
    public string ClientId { get; init; } = "portal-staff";

    /// <summary>The portal's secret there.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>Scopes that the issuer wants before it tells the groups, separated by blanks.</summary>
    public string ExtraScopes { get; init; } = "";

    /// <summary>The claim that holds the groups; a dot goes into an object (<c>realm_access.roles</c>).</summary>
    public string GroupsClaim { get; init; } = "groups";

    /// <summary>Which group makes which staff role; the first that fits counts.</summary>
    public IReadOnlyList<StaffGroupOptions> Groups { get; init; } = [];

    /// <summary>Staff roles by e-mail address, for issuers that tell no groups; looked at first.</summary>
    public IReadOnlyList<StaffPersonOptions> People { get; init; } = [];
}

/// <summary>A group at the staff issuer.</summary>
public sealed record StaffGroupOptions
{
    /// <summary>The value in the claim.</summary>
    public string Group { get; init; } = "";

    /// <summary>The staff role.</summary>
    public string Role { get; init; } = "";
}

/// <summary>Somebody at the staff issuer.</summary>
public sealed record StaffPersonOptions
{
    /// <summary>The verified address.</summary>
    public string Email { get; init; } = "";

    /// <summary>The staff role.</summary>
    public string Role { get; init; } = "";
}

/// <summary>What holds for the issuers that customers bring along. Section <c>Portal:Identity:Companies</c>.</summary>
public sealed record CompanyOptions
{
    /// <summary>
    /// Networks that a customer's issuer may lie in although they are private, separated by commas (<c>10.20.0.0/16, ::1/128</c>). Empty: none.
    /// </summary>
    public string AllowedNetworks { get; init; } = "";

    /// <summary>A session from a company's issuer ends this long after the sign-in, so that who has left is out the next day.</summary>
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long the link in the mail that proves a domain is good.</summary>
    public TimeSpan DomainLinkLength { get; init; } = TimeSpan.FromDays(3);
}
