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
    public sealed record Unanswerable(string Text, string Error = "invalid_request") : AuthorizeRequest;

    /// <summary>Wrong, and the client is told so at its registered address.</summary>
    public sealed record Refused(string RedirectUri, string? State, string Error, string Text) : AuthorizeRequest;

    public sealed record Asked(Client Client, string RedirectUri, string Scope, string? State, string? Nonce, string CodeChallenge) : AuthorizeRequest
    {
        public IReadOnlyList<string> Prompts { get; init; } = [];

        /// <summary>OpenID Connect Core 3.1.2.1 <c>max_age</c>: seconds since the password was typed.</summary>
        public int? MaxAge { get; init; }

        public string LoginHint { get; init; } = "";

        /// <summary>Ours from an earlier answer, not yet checked: who the client thinks it is.</summary>
        public string IdTokenHint { get; init; } = "";

        /// <summary>In the order the client likes them.</summary>
        public IReadOnlyList<string> AcrValues { get; init; } = [];

        /// <summary>RFC 9449 section 10: the code is good for the holder of this key only.</summary>
        public string? DpopJkt { get; init; }

        /// <summary>The pushed request it came as; null when it came through the browser.</summary>
        public string? PushedHash { get; init; }

        public bool Has(string scope) => Scope.Split(' ').Contains(scope, StringComparer.Ordinal);
    }

    private const int LongestValue = 1000;
    private const int LongestHint = 6000;

    public static async Task<AuthorizeRequest> Read(IQueryCollection query, Clients clients)
    {
        // RFC 6749 section 3.1: no parameter twice; of these neither can be trusted then
        if (((string[])["client_id", "redirect_uri", "request_uri"]).Any(name => query.TryGetValue(name, out var values) && values.Count > 1))
            return new Unanswerable("The request names its client or its address twice.");
        if (query["client_id"].ToString() is not { Length: > 0 and <= 200 } id || await clients.Find(id) is not { } client)
            return new Unanswerable("The application that sent you here is not registered with this portal.");
        var requestUri = query["request_uri"].ToString();
        if (!requestUri.StartsWith(PushedRequest.UriPrefix, StringComparison.Ordinal)) return Check(client, query, null);
        // RFC 9126 section 4: what was pushed counts, whatever else stands in the address
        return requestUri.Length <= 200 && await clients.Pushed(requestUri, client.Id) is { } pushed
            ? Check(client, pushed.Values.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))), pushed.UriHash)
            : new Unanswerable($"This request of {client.Name} has expired or was answered before. Start again there.", "invalid_request_uri");
    }

    /// <summary>Checks what an answer to the client depends on, its address first.</summary>
    public static AuthorizeRequest Check(Client client, IEnumerable<KeyValuePair<string, StringValues>> parameters, string? pushedHash)
    {
        var values = parameters.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        string? One(string name) => values.TryGetValue(name, out var some) && some.Count == 1 && some[0] is { Length: > 0 } one ? one : null;

        // RFC 9700 section 4.1.3: required, and exactly as registered
        if (One("redirect_uri") is not { Length: <= 500 } redirectUri || !client.Allows(redirectUri))
            return new Unanswerable($"{client.Name} asked to be answered at an address that is not registered for it.");

        var state = One("state");
        Refused No(string error, string text) => new(redirectUri, state?.Length <= LongestValue ? state : null, error, text);

        if (values.FirstOrDefault(pair => pair.Value.Count > 1) is { Key: { } twice }) return No("invalid_request", $"{Texts.Cut(twice, 60)} is given twice.");
        if (values.Any(pair => pair.Value.ToString().Length > (pair.Key == "id_token_hint" ? LongestHint : LongestValue)))
            return No("invalid_request", "A parameter is too long.");
        // RFC 9126 section 5
        if (client.RequirePar && pushedHash is null) return No("invalid_request", "This client must push its requests first.");
        // OpenID Connect Core 6
        if (One("request") is not null) return No("request_not_supported", "Request objects are not supported.");
        if (One("request_uri") is not null) return No("request_uri_not_supported", "Only a request_uri from the pushed authorization endpoint is supported.");
        if (One("registration") is not null) return No("registration_not_supported", "Registration in the request is not supported.");
        // RFC 6749 section 3.1.1; RFC 9700 section 2.1.2: no implicit and no hybrid flow
        if (One("response_type") is not { } type) return No("invalid_request", "response_type is missing.");
        if (type != "code") return No("unsupported_response_type", "Only response_type=code is supported.");
        if (One("response_mode") is not (null or "query")) return No("invalid_request", "Only response_mode=query is supported.");
        if (!client.GrantTypes.Contains(GrantTypes.Code, StringComparer.Ordinal))
            return No("unauthorized_client", "This client may not use the authorization code flow.");
        // RFC 7636 sections 4.3 and 4.4.1; RFC 9700 section 4.8.2: without a challenge there is no verifier to leave out
        if (One("code_challenge") is not { Length: 43 } challenge || !IsHash(challenge))
            return No("invalid_request", "code_challenge is missing or is no SHA-256 in base64url.");
        if (One("code_challenge_method") != "S256") return No("invalid_request", "code_challenge_method must be S256.");
        // RFC 9449 section 10
        if (One("dpop_jkt") is { } jkt && (jkt.Length != 43 || !IsHash(jkt))) return No("invalid_request", "dpop_jkt is no SHA-256 in base64url.");

        var scopes = (One("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        if (scopes.Count == 0 || scopes.Any(scope => scope != "openid" && !client.Scopes.Contains(scope, StringComparer.Ordinal)))
            return No("invalid_scope", "The scope is empty or not allowed for this client.");
        // OpenID Connect Core 3.1.2.1
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
            IdTokenHint = One("id_token_hint") ?? "",
            AcrValues = (One("acr_values") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            DpopJkt = One("dpop_jkt"),
            PushedHash = pushedHash,
        };
    }

    private static bool IsHash(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
