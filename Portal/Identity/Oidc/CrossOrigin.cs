namespace Portal.Identity.Oidc;

/// <summary>
/// What pages of other origins may read of the provider (RFC 9700 section 2.6): metadata and keys anybody, the answers to a public client the
/// origins it is registered for. Nothing here is signed in by a cookie, and the authorization endpoint answers nobody across origins.
/// </summary>
internal static class CrossOrigin
{
    /// <summary>A browser asks before it sends; which client will send, nobody knows yet, so the answer that follows decides.</summary>
    public static IResult Preflight(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, DPoP";
        headers.AccessControlMaxAge = "600";
        return Results.NoContent();
    }

    public static void AllowAnybody(HttpContext context) => context.Response.Headers.AccessControlAllowOrigin = "*";

    public static void Allow(HttpContext context, Client client)
    {
        context.Response.Headers.Vary = "Origin";
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !client.IsPublic || !client.RedirectUris.Any(uri => OriginOf(uri) == origin)) return;
        context.Response.Headers.AccessControlAllowOrigin = origin;
        context.Response.Headers.AccessControlExposeHeaders = "WWW-Authenticate";
    }

    private static string? OriginOf(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.GetLeftPart(UriPartial.Authority) : null;
}
