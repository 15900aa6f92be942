using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Audit;
using Portal.Identity.Applications;

namespace Portal.Identity.ApiTokens;

/// <summary>An API token, without its secret.</summary>
/// <param name="Hint">Its last four characters.</param>
/// <param name="ServiceAccount">The service account that holds it; null for a person's.</param>
/// <param name="Networks">From where it is good; empty for everywhere.</param>
internal sealed record ApiTokenShown(
    string Id, string Name, string Hint, string Holder, string? ServiceAccount, IReadOnlyList<string> Permissions, IReadOnlyList<string> Networks,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, string? LastUsedIp);

/// <summary>A token to make.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiTokenRequest
{
    /// <summary>What it is for, at most 80 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Codes such as <c>servers.read</c>, of those you have.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>Addresses and networks from where it is good; left out for everywhere.</summary>
    public IReadOnlyList<string>? Networks { get; init; }

    /// <summary>1 to 365; 90 when left out.</summary>
    public int? Days { get; init; }

    /// <summary>The service account that is to hold it; left out for yourself.</summary>
    public string? ServiceAccount { get; init; }
}

/// <summary>A token that was made.</summary>
/// <param name="Token">The secret; it is shown this once.</param>
internal sealed record ApiTokenMade(string Id, string Token, DateTimeOffset ExpiresAt);

/// <summary><c>/api/v1/tokens</c>: the account's API tokens.</summary>
internal static class ApiTokensApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var tokens = routes.Api().MapGroup("/tokens").WithTags("API tokens");
        tokens.MapGet("/", List).Needs(Permissions.TokensManage).WithSummary("The account's API tokens that are good, newest first.");
        tokens.MapPost("/", Make).ByFreshPerson().Needs(Permissions.TokensManage)
            .TakesNoKey("its answer holds a secret, which is kept nowhere; a repeat makes another, and the list shows both")
            .WithSummary("Makes an API token; the answer shows its secret this once.")
            .WithDescription("403 portal.identity.person_needed for a program's own token. 422 portal.identity.invalid_token says what is wrong in each field. A repeated request makes another token: the secret is kept nowhere.");
        tokens.MapDelete("/{id}", Revoke).Needs(Permissions.TokensManage).WithSummary("Ends the token at once.");
    }

    private static async Task<Ok<ApiPage<ApiTokenShown>>> List(HttpContext context, Db db, TimeProvider clock) =>
        TypedResults.Ok(new ApiPage<ApiTokenShown>(
            [.. (await ApiToken.Of(db, context.SignedIn().AccountId, clock.GetUtcNow())).Select(Shown)], null));

    private static async Task<Results<Created<ApiTokenMade>, ProblemHttpResult>> Make(ApiTokenRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        var wanted = new NewApiToken
        {
            Name = request.Name ?? "",
            Permissions = request.Permissions ?? [],
            IpAllowList = string.Join(' ', request.Networks ?? []),
            Days = request.Days ?? NewApiToken.UsualDays,
            ServiceAccount = request.ServiceAccount,
        };
        var secret = Secrets.NewMarked(ApiToken.Mark);
        var who = context.SignedIn();
        var outcome = await db.Write(tx => MakeApiToken.Run(tx, who, wanted, secret, context.MayGive, context.Entry(""), clock.GetUtcNow()));
        return outcome switch
        {
            MakeTokenOutcome.Made(var id, var expiresAt) => TypedResults.Created($"/api/v1/tokens/{id}", new ApiTokenMade(id.Value, secret, expiresAt)),
            MakeTokenOutcome.Refused(var troubles) => ApiProblem.Fields("portal.identity.invalid_token", troubles.Select(Problem)),
            _ => throw new InvalidOperationException("No such outcome."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<ApiTokenId>(id, out var token)
        && await db.Write(tx => ApiToken.Revoke(tx, context.SignedIn().AccountId, token, context.Entry(""), clock.GetUtcNow()))
            ? TypedResults.NoContent()
            : ApiProblem.NotFound("portal.identity.no_token", "This account has no such token.");

    private static ApiTokenShown Shown(ApiToken token) => new(
        token.Id.Value, token.Name, token.Hint, token.HolderName, token.ClientId, token.Permissions.Split(' '),
        (token.IpAllowList ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), token.CreatedAt, token.ExpiresAt, token.LastUsedAt, token.LastUsedIp);

    private static FieldProblem Problem(ApplicationTrouble trouble) => FieldProblem.Of(
        trouble.Field == nameof(NewApiToken.IpAllowList) ? nameof(ApiTokenRequest.Networks) : trouble.Field, $"portal.identity.{trouble.Code}", trouble.Message);
}
