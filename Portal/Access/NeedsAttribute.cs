namespace Portal.Access;

/// <summary>
/// What a page, one of its handlers or an endpoint asks of whoever comes. On a page model it holds for all handlers; one on a
/// handler replaces it. Pages and endpoints that carry none of <see cref="NeedsAttribute"/>, <see cref="OwnBusinessAttribute"/>,
/// a staff policy or <c>[AllowAnonymous]</c> are refused.
/// </summary>
/// <param name="permission">One of <see cref="Permissions"/>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(string permission) : Attribute
{
    /// <summary>One of <see cref="Permissions"/>.</summary>
    public string Permission { get; } = permission;

    /// <summary>The route value that names the resource; null asks on the account as a whole or on any part of it.</summary>
    public string? Resource { get; init; }

    /// <summary>People who hold the permission in the form "may only ask" come in as well; what comes of it is a request, not the act.</summary>
    public bool OrAsk { get; init; }
}

/// <summary>A signed-in person's own business: their profile, sessions, factors. No role in an account is asked for.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class OwnBusinessAttribute : Attribute;

/// <summary>The same on endpoints.</summary>
public static class NeedsOfEndpoints
{
    /// <summary>Asks for the permission, on the resource that the route value names.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, string permission, string? resource = null, bool orAsk = false)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new NeedsAttribute(permission) { Resource = resource, OrAsk = orAsk });

    /// <summary>Open to every signed-in person.</summary>
    public static TBuilder OwnBusiness<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OwnBusinessAttribute());
}
