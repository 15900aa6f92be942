using Portal.Access;

namespace Portal.Identity.Applications;

/// <summary>What whoever makes this request may put into a token or a service account: nobody gives what they do not hold.</summary>
internal static class Giving
{
    public static bool MayGive(this HttpContext context, string permission) =>
        Permissions.Exists(permission) && context.Access().CanOnAll(permission);

    /// <summary>The permissions to choose from.</summary>
    public static IReadOnlyList<Permission> Givable(this HttpContext context) => [.. Permissions.All.Where(one => context.MayGive(one.Code))];
}
