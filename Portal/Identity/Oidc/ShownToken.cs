using Portal.Identity.Applications;

namespace Portal.Identity.Oidc;

/// <summary>The access token in a request's header: a bearer token (RFC 6750 section 2.1) or one bound to a key (RFC 9449 section 7).</summary>
internal abstract record ShownToken
{
    private const string Bearer = "Bearer ";
    private const string Bound = "DPoP ";

    private ShownToken()
    {
    }

    public sealed record None : ShownToken;

    /// <param name="Challenge">For <c>WWW-Authenticate</c>.</param>
    public sealed record NotGood(string Challenge, string Text) : ShownToken;

    public sealed record Good(HeldToken Held) : ShownToken;

    /// <param name="formAllowed">Whether the token may stand in a posted form; in an address it never may (RFC 9700 section 4.3.2).</param>
    public static async Task<ShownToken> Check(HttpContext context, AccessTokens access, Dpop dpop, string audience, bool formAllowed = false)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count == 0 && formAllowed && await InForm(context.Request) is { } posted) headers = Bearer + posted;
        if (headers.Count != 1 || headers[0] is not { } header) return new None();
        var isBound = header.StartsWith(Bound, StringComparison.OrdinalIgnoreCase);
        if (!isBound && !header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return new None();
        var token = header[(isBound ? Bound : Bearer).Length..].Trim();
        if (await access.Check(token, audience) is not { } held) return No(isBound, "invalid_token", "The access token is not good or has expired.");
        if (!Networks.Include(held.IpAllowList, context.Ip())) return No(isBound, "invalid_token", $"The access token is not good from {context.Ip()}.");
        // RFC 9449 section 7.2: a bound token is no bearer token, and the other way round
        if (held.Jkt is null) return isBound ? No(true, "invalid_token", "This token is bound to no key; send it as a bearer token.") : new Good(held);
        if (!isBound) return No(true, "invalid_token", "This token is bound to a key; send it with a DPoP proof.");
        var (thumbprint, trouble) = await dpop.Check(context, token);
        if (trouble is not null || thumbprint is null) return No(true, "invalid_dpop_proof", trouble ?? "The DPoP proof is missing.");
        return thumbprint == held.Jkt ? new Good(held) : No(true, "invalid_token", "The token is bound to another key.");
    }

    // RFC 6750 section 2.2
    private static async Task<string?> InForm(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && Parameters.IsForm(request) && (await request.ReadFormAsync())["access_token"] is [{ Length: > 0 } one] ? one : null;

    // RFC 6750 section 3.1, RFC 9449 section 7.1
    private static NotGood No(bool bound, string error, string text) => new(
        bound ? $"DPoP error=\"{error}\", algs=\"{string.Join(' ', Dpop.Algorithms)}\"" : $"Bearer error=\"{error}\"", text);
}
