using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Audit;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>An application or a service account.</summary>
internal sealed record ApiApplication
{
    /// <summary>The client id.</summary>
    public required string Id { get; init; }

    /// <summary><c>web</c>, <c>native</c> or <c>service</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary><c>secret</c>, <c>private_key_jwt</c> or <c>none</c>.</summary>
    public required string AuthMethod { get; init; }

    public required IReadOnlyList<string> RedirectUris { get; init; }

    public required IReadOnlyList<string> PostLogoutRedirectUris { get; init; }

    public required string? BackchannelLogoutUri { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required IReadOnlyList<string> GrantTypes { get; init; }

    /// <summary>What a service account may do.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>From where a service account is good; empty for everywhere.</summary>
    public required IReadOnlyList<string> Networks { get; init; }

    public required bool RequirePar { get; init; }

    public required bool DpopBound { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>An application to register.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiApplicationRequest
{
    /// <summary><c>web</c>, <c>native</c> or <c>service</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>At most 80 characters; people see it.</summary>
    public string? Name { get; init; }

    /// <summary>Compared character by character; a native application may use http://127.0.0.1/… with any port.</summary>
    public IReadOnlyList<string>? RedirectUris { get; init; }

    public IReadOnlyList<string>? PostLogoutRedirectUris { get; init; }

    public string? BackchannelLogoutUri { get; init; }

    /// <summary>Among <c>profile</c>, <c>email</c>, <c>offline_access</c>, <c>api</c>.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>A JSON Web Key Set as text; with it the client signs in by <c>private_key_jwt</c>.</summary>
    public string? Jwks { get; init; }

    /// <summary>Of a service account: codes such as <c>servers.read</c>, of those you have.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>Of a service account: addresses and networks from where it is good; left out for everywhere.</summary>
    public IReadOnlyList<string>? Networks { get; init; }

    public bool AllowDevices { get; init; }

    public bool RequirePar { get; init; }

    public bool DpopBound { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    internal NewApplication Wanted => new()
    {
        Kind = Kind ?? "",
        Name = Name ?? "",
        RedirectUris = RedirectUris ?? [],
        PostLogoutRedirectUris = PostLogoutRedirectUris ?? [],
        BackchannelLogoutUri = BackchannelLogoutUri ?? "",
        Scopes = Scopes ?? ["profile", "email"],
        Jwks = Jwks ?? "",
        Permissions = Permissions ?? [],
        IpAllowList = string.Join(' ', Networks ?? []),
        AllowDevices = AllowDevices,
        RequirePar = RequirePar,
        DpopBound = DpopBound,
        ExpiresAt = ExpiresAt,
    };
}

/// <summary>What was registered.</summary>
/// <param name="Secret">Shown this once; null for a native application and one with keys.</param>
internal sealed record ApiApplicationMade(string Id, string? Secret);

/// <summary>A secret of an application, without the secret itself.</summary>
/// <param name="Hint">Its last four characters.</param>
/// <param name="ExpiresAt">Null until it is revoked or a newer one was made.</param>
internal sealed record ApiSecret(string Id, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary><c>/api/v1/applications</c>: the account's applications and service accounts.</summary>
internal static class ApplicationsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var applications = routes.Api().MapGroup("/applications").WithTags("Applications");
        applications.MapGet("/", List).Needs(Permissions.TokensManage).WithSummary("The account's applications and service accounts, newest first.");
        applications.MapPost("/", Register).ByFreshPerson().Needs(Permissions.TokensManage)
            .TakesNoKey("its answer holds a secret, which is kept nowhere; a repeat makes another, and the list shows both")
            .WithSummary("Registers an application or a service account; the answer shows its secret this once.")
            .WithDescription("422 portal.identity.invalid_application says what is wrong in each field.");
        applications.MapGet("/{id}", Show).Needs(Permissions.TokensManage).WithSummary("One of them.");
        applications.MapPost("/{id}/secrets", Rotate).ByFreshPerson().Needs(Permissions.TokensManage)
            .TakesNoKey("its answer holds a secret, which is kept nowhere; a repeat makes another, and the list shows both")
            .WithSummary("Makes a new secret; the others end after seven days.").WithDescription(
                "403 portal.identity.permission_not_yours when it may do what you may not. 409 portal.identity.no_more_secrets, portal.identity.no_secret.");
        applications.MapGet("/{id}/secrets", Secrets).Needs(Permissions.TokensManage).WithSummary("Its secrets that are good, without the secret itself.");
        applications.MapDelete("/{id}/secrets/{secret}", RevokeSecret).Needs(Permissions.TokensManage).WithSummary("Ends one secret at once.");
        applications.MapDelete("/{id}", Revoke).Needs(Permissions.TokensManage)
            .WithSummary("Ends it at once, with its secrets and all tokens that were made for it.");
    }

    private static async Task<Ok<ApiPage<ApiApplication>>> List(HttpContext context, Db db) => TypedResults.Ok(
        new ApiPage<ApiApplication>([.. (await Application.Of(db, context.SignedIn().AccountId)).Select(Shown)], null));

    private static async Task<Results<Created<ApiApplicationMade>, ProblemHttpResult>> Register(
        ApiApplicationRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        var who = context.SignedIn();
        var secret = ApplicationSecret.New();
        var outcome = await db.Write(tx => RegisterApplication.Run(
            tx, who.AccountId, who.PersonId, request.Wanted, secret, context.MayGive, context.Entry(""), clock.GetUtcNow()));
        return outcome switch
        {
            RegisterOutcome.Registered(var id, var shown) => TypedResults.Created($"/api/v1/applications/{id}", new ApiApplicationMade(id.Value, shown)),
            RegisterOutcome.Refused(var troubles) => ApiProblem.Fields(
                "portal.identity.invalid_application", troubles.Select(Problem)),
            _ => throw new InvalidOperationException("No such outcome."),
        };
    }

    private static async Task<Results<Ok<ApiApplication>, ProblemHttpResult>> Show(string id, HttpContext context, Db db) =>
        Id.TryParse<OidcClientId>(id, out var known) && await Application.One(db, context.SignedIn().AccountId, known) is { } found
            ? TypedResults.Ok(Shown(found))
            : None();

    private static async Task<Results<Created<ApiApplicationMade>, ProblemHttpResult>> Rotate(string id, HttpContext context, Db db, TimeProvider clock)
    {
        var account = context.SignedIn().AccountId;
        if (!Id.TryParse<OidcClientId>(id, out var known) || await Application.One(db, account, known) is not { } client) return None();
        if (!context.MayHold(client))
            return ApiProblem.Of(
                StatusCodes.Status403Forbidden, "portal.identity.permission_not_yours", "It may do what you may not, so its secret is not for you.");
        var secret = ApplicationSecret.New();
        return await db.Write(tx => ApplicationSecret.Rotate(tx, account, known, secret, context.Entry(""), clock.GetUtcNow())) switch
        {
            RotateOutcome.Made => TypedResults.Created($"/api/v1/applications/{id}", new ApiApplicationMade(id, secret)),
            RotateOutcome.TooMany => ApiProblem.Of(
                StatusCodes.Status409Conflict, "portal.identity.no_more_secrets", "It has five secrets already; revoke one first."),
            _ => ApiProblem.Of(StatusCodes.Status409Conflict, "portal.identity.no_secret", "It signs in without a secret."),
        };
    }

    private static async Task<Results<Ok<ApiPage<ApiSecret>>, ProblemHttpResult>> Secrets(string id, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<OidcClientId>(id, out var known) || await Application.One(db, context.SignedIn().AccountId, known) is null) return None();
        var secrets = await ApplicationSecret.Of(db, known, clock.GetUtcNow());
        return TypedResults.Ok(new ApiPage<ApiSecret>(
            [.. secrets.Select(one => new ApiSecret(one.Id.Value, one.Hint, one.CreatedAt, one.ExpiresAt, one.LastUsedAt))], null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeSecret(string id, string secret, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<OidcClientId>(id, out var known) && Id.TryParse<OidcSecretId>(secret, out var one)
        && await db.Write(tx => ApplicationSecret.Revoke(tx, context.SignedIn().AccountId, known, one, context.Entry(""), clock.GetUtcNow()))
            ? TypedResults.NoContent()
            : ApiProblem.NotFound("portal.identity.no_secret", "This application has no such secret.");

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<OidcClientId>(id, out var known)
        && await db.Write(tx => Application.Revoke(tx, context.SignedIn().AccountId, known, context.Entry(""), clock.GetUtcNow()))
            ? TypedResults.NoContent()
            : None();

    private static FieldProblem Problem(ApplicationTrouble trouble) => FieldProblem.Of(
        trouble.Field == nameof(NewApplication.IpAllowList) ? nameof(ApiApplicationRequest.Networks) : trouble.Field, $"portal.identity.{trouble.Code}", trouble.Message);

    private static ProblemHttpResult None() => ApiProblem.NotFound("portal.identity.no_application", "This account has no such application.");

    private static ApiApplication Shown(OidcClient client) => new()
    {
        Id = client.Id.Value,
        Kind = client.Kind,
        Name = client.Name,
        AuthMethod = client.AuthMethod,
        RedirectUris = OidcClient.Lines(client.RedirectUris),
        PostLogoutRedirectUris = OidcClient.Lines(client.PostLogoutRedirectUris),
        BackchannelLogoutUri = client.BackchannelLogoutUri,
        Scopes = client.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        GrantTypes = client.GrantTypes.Split(' '),
        Permissions = (client.Permissions ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Networks = (client.IpAllowList ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        RequirePar = client.RequirePar,
        DpopBound = client.DpopBound,
        CreatedAt = client.CreatedAt,
        ExpiresAt = client.ExpiresAt,
        LastUsedAt = client.LastUsedAt,
    };
}
