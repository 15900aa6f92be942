using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Audit;
using Portal.Identity.Factors;
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
        AllowDevices = AllowDevices,
        RequirePar = RequirePar,
        DpopBound = DpopBound,
        ExpiresAt = ExpiresAt,
    };
}

/// <summary>What was registered.</summary>
/// <param name="Secret">Shown this once; null for a native application and one with keys.</param>
internal sealed record ApiApplicationMade(string Id, string? Secret);

/// <summary><c>/api/v1/applications</c>: the account's applications and service accounts.</summary>
internal static class ApplicationsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var applications = routes.Api().MapGroup("/applications").WithTags("Applications");
        applications.MapGet("/", List).Needs(Permissions.TokensManage).WithSummary("The account's applications and service accounts, newest first.");
        applications.MapPost("/", Register).FreshFactor().Needs(Permissions.TokensManage)
            .WithSummary("Registers an application or a service account; the answer shows its secret this once.")
            .WithDescription("422 portal.identity.invalid_application says what is wrong in each field.");
        applications.MapGet("/{id}", Show).Needs(Permissions.TokensManage, "id").WithSummary("One of them.");
        applications.MapPost("/{id}/secrets", Rotate).FreshFactor().Needs(Permissions.TokensManage, "id")
            .WithSummary("Makes a new secret; the others end after seven days.").WithDescription("409 portal.identity.no_more_secrets.");
        applications.MapDelete("/{id}", Revoke).Needs(Permissions.TokensManage, "id")
            .WithSummary("Ends it at once, with its secrets and all tokens that were made for it.");
    }

    private static async Task<Ok<ApiPage<ApiApplication>>> List(HttpContext context, Db db, TimeProvider clock) => TypedResults.Ok(
        new ApiPage<ApiApplication>([.. (await Application.Of(db, context.SignedIn().AccountId, clock.GetUtcNow())).Select(Shown)], null));

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
                "portal.identity.invalid_application", troubles.Select(one => FieldProblem.Of(one.Field, $"portal.identity.{one.Code}", one.Message))),
            _ => throw new InvalidOperationException("No such outcome."),
        };
    }

    private static async Task<Results<Ok<ApiApplication>, ProblemHttpResult>> Show(string id, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<OidcClientId>(id, out var known) && await Application.One(db, context.SignedIn().AccountId, known, clock.GetUtcNow()) is { } found
            ? TypedResults.Ok(Shown(found))
            : None();

    private static async Task<Results<Created<ApiApplicationMade>, ProblemHttpResult>> Rotate(string id, HttpContext context, Db db, TimeProvider clock)
    {
        var account = context.SignedIn().AccountId;
        var now = clock.GetUtcNow();
        if (!Id.TryParse<OidcClientId>(id, out var known) || await Application.One(db, account, known, now) is null) return None();
        var secret = ApplicationSecret.New();
        return await db.Write(tx => ApplicationSecret.Rotate(tx, account, known, secret, context.Entry(""), now))
            ? TypedResults.Created($"/api/v1/applications/{id}", new ApiApplicationMade(id, secret))
            : ApiProblem.Of(
                StatusCodes.Status409Conflict, "portal.identity.no_more_secrets", "It has five secrets already, or signs in without one.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<OidcClientId>(id, out var known)
        && await db.Write(tx => Application.Revoke(tx, context.SignedIn().AccountId, known, context.Entry(""), clock.GetUtcNow()))
            ? TypedResults.NoContent()
            : None();

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
        RequirePar = client.RequirePar,
        DpopBound = client.DpopBound,
        CreatedAt = client.CreatedAt,
        ExpiresAt = client.ExpiresAt,
        LastUsedAt = client.LastUsedAt,
    };
}
