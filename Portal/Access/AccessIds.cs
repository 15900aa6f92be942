using Database;

namespace Portal.Access;

/// <summary>The id of a grant.</summary>
public readonly record struct AccessGrantId(string Value) : IId<AccessGrantId>
{
    /// <inheritdoc/>
    public static string Prefix => "acg";

    /// <inheritdoc/>
    public static AccessGrantId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of an account's own role.</summary>
public readonly record struct CustomRoleId(string Value) : IId<CustomRoleId>
{
    /// <inheritdoc/>
    public static string Prefix => "rol";

    /// <inheritdoc/>
    public static CustomRoleId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of a team or department.</summary>
public readonly record struct TeamId(string Value) : IId<TeamId>
{
    /// <inheritdoc/>
    public static string Prefix => "tea";

    /// <inheritdoc/>
    public static TeamId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
