namespace Portal.Shell;

/// <summary>What every page says about the provider. Section <c>Portal:Shell</c>.</summary>
public sealed record ShellOptions
{
    /// <summary>The provider's name as customers know it.</summary>
    public string Brand { get; init; } = "";

    /// <summary>
    /// The reverse proxies in front of the portal, as addresses or networks (<c>10.0.0.5</c>, <c>10.0.0.0/24</c>): of these alone
    /// X-Forwarded-For and X-Forwarded-Proto are read. Empty: browsers reach the portal directly.
    /// </summary>
    public IList<string> TrustedProxies { get; init; } = [];

    /// <summary>The officer whom Rule 3(2) of the IT Rules, 2021 asks to be named on the site.</summary>
    public GrievanceOfficer GrievanceOfficer { get; init; } = new();
}

/// <summary>Who takes complaints, and how to reach them.</summary>
public sealed record GrievanceOfficer
{
    /// <summary>The officer's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The officer's e-mail address.</summary>
    public string Email { get; init; } = "";

    /// <summary>The officer's telephone number.</summary>
    public string Phone { get; init; } = "";

    /// <summary>When calls are answered, e.g. <c>Monday to Friday, 10:00 to 18:00 IST</c>.</summary>
    public string Hours { get; init; } = "";
}
