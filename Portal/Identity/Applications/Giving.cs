using Portal.Access;
using Portal.Api;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>What whoever makes this request may put into a token or a service account: nobody gives what they do not hold.</summary>
internal static class Giving
{
    public static bool MayGive(this HttpContext context, string permission) =>
        Permissions.Exists(permission) && context.Access().CanOnAll(permission);

    /// <summary>The permissions to choose from.</summary>
    public static IReadOnlyList<Permission> Givable(this HttpContext context) => [.. Permissions.All.Where(one => context.MayGive(one.Code))];

    /// <summary>Whether whoever makes this request may hold a secret of the client: with it they can do what it can do.</summary>
    public static bool MayHold(this HttpContext context, OidcClient client) => SignedIn.Limits(client.Permissions).All(context.MayGive);

    /// <summary>
    /// Credentials are made by people who have just shown who they are. A program that could make some would go on past its own end, and
    /// nobody would have been asked for a factor.
    /// </summary>
    public static RouteHandlerBuilder ByFreshPerson(this RouteHandlerBuilder builder) => builder
        .AddEndpointFilter(async (invocation, next) => invocation.HttpContext.SignedIn().AuthenticatedAt == default
            ? ApiProblem.Of(
                StatusCodes.Status403Forbidden, "portal.identity.person_needed",
                "A program makes no tokens, secrets and applications; a person who has just signed in does.")
            : await next(invocation))
        .FreshFactor();
}
