using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Portal.Identity.Oidc;

/// <summary>What an authorization request turned out to be (OpenID Connect Core 3.1.2, RFC 6749 section 4.1.1).</summary>
internal abstract record AuthorizeRequest
{
    private AuthorizeRequest()
    {
    }

    /// <summary>RFC 6749 section 4.1.2.1: no client or no registered address; the browser is sent nowhere.</summary>
    public sealed record Unanswerable(string Text) : AuthorizeRequest;

    /// <summary>Wrong, and the client is told so at its registered address.</summary>
    public sealed record Refused(string RedirectUri, string? State, string Error, string Text) : AuthorizeRequest;

    public sealed record Asked(Client Client, string RedirectUri, string Scope, string? State, string? Nonce, string CodeChallenge) : AuthorizeRequest
    {
        public IReadOnlyList<string> Prompts { get; init; } = [];

        /// <summary>OpenID Connect Core 3.1.2.1 <c>max_age</c>: seconds since the password was typed.</summary>
        public int? MaxAge { get; init; }

        public string LoginHint { get; init; } = "";

        /// <summary>OpenID Connect Core 3.1.2.1 <c>acr_values</c>: a wish, not a condition.</summary>
        public IReadOnlyList<string> AcrValues { get; init; } = [];

        public bool Has(string scope) => Scope.Split(' ').Contains(scope, StringComparer.Ordinal);
    }

    private const int LongestValue = 1000;

    public static AuthorizeRequest Read(IQueryCollection query, Clients clients)
    {
        string? One(string name) => query.TryGetValue(name, out var values) && values.Count == 1 && values[0] is { Length: > 0 } one ? one : null;

        // RFC 6749 section 3.1: no parameter twice; of these two neither can be trusted then
        if (Doubled(query, "client_id") || Doubled(query, "redirect_uri"))
            return new Unanswerable("The request names its client or its address twice.");
        if (One("client_id") is not { } clientId || clients.Find(clientId) is not { } client)
            return new Unanswerable("The application that sent you here is not registered with this portal.");
        // RFC 9700 section 4.1.3: required, and exactly as registered
        if (One("redirect_uri") is not { } redirectUri || !client.Allows(redirectUri))
            return new Unanswerable($"{client.Name} asked to be answered at an address that is not registered for it.");

        var state = One("state");
        Refused No(string error, string text) => new(redirectUri, state?.Length <= LongestValue ? state : null, error, text);

        if (query.FirstOrDefault(pair => pair.Value.Count > 1) is { Key: { } twice }) return No("invalid_request", $"{twice} is given twice.");
        if (query.Any(pair => pair.Value.ToString().Length > LongestValue)) return No("invalid_request", "A parameter is too long.");
        // OpenID Connect Core 6
        if (One("request") is not null) return No("request_not_supported", "Request objects are not supported.");
        if (One("request_uri") is not null) return No("request_uri_not_supported", "Request objects are not supported.");
        if (One("registration") is not null) return No("registration_not_supported", "Registration in the request is not supported.");
        // RFC 6749 section 3.1.1; RFC 9700 section 2.1.2: no implicit and no hybrid flow
        if (One("response_type") is not { } type) return No("invalid_request", "response_type is missing.");
        if (type != "code") return No("unsupported_response_type", "Only response_type=code is supported.");
        if (One("response_mode") is not (null or "query")) return No("invalid_request", "Only response_mode=query is supported.");
        // RFC 7636 sections 4.3 and 4.4.1
        if (One("code_challenge") is not { Length: 43 } challenge || !challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return No("invalid_request", "code_challenge is missing or is no SHA-256 in base64url.");
        if (One("code_challenge_method") != "S256") return No("invalid_request", "code_challenge_method must be S256.");

        var scopes = (One("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (scopes.Count == 0 || scopes.Any(scope => scope != "openid" && !client.Scopes.Contains(scope, StringComparer.Ordinal)))
            return No("invalid_scope", "The scope is empty or not allowed for this client.");
        if (One("nonce") is { Length: > 200 }) return No("invalid_request", "nonce is too long.");

        var prompts = (One("prompt") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (prompts.Any(prompt => prompt is not ("none" or "login" or "consent" or "select_account")))
            return No("invalid_request", "prompt is unknown.");
        if (prompts.Contains("none", StringComparer.Ordinal) && prompts.Length > 1) return No("invalid_request", "prompt=none stands alone.");
        int? maxAge = null;
        if (One("max_age") is { } age)
        {
            if (!int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return No("invalid_request", "max_age is no number of seconds.");
            maxAge = seconds;
        }

        return new Asked(client, redirectUri, string.Join(' ', scopes), state, One("nonce"), challenge)
        {
            Prompts = prompts,
            MaxAge = maxAge,
            LoginHint = One("login_hint") ?? "",
            AcrValues = (One("acr_values") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    private static bool Doubled(IQueryCollection query, string name) => query.TryGetValue(name, out StringValues values) && values.Count > 1;
}
