using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Audit;

namespace Portal.Identity.Oidc;

/// <summary>A program that a person let in, over all its grants and the remembered yes.</summary>
internal sealed record Program(
    string ClientId, string Name, string? Account, IReadOnlyList<string> Words, DateTimeOffset Since, DateTimeOffset? LastUsedAt);

/// <summary>What a person let in, and how they take it back.</summary>
[OwnBusiness]
internal sealed class GrantsModel(Clients clients, Db db, TimeProvider clock) : PageModel
{
    private const int LongestScope = 200;

    public IReadOnlyList<Program> Programs { get; private set; } = [];

    public async Task OnGet()
    {
        var rows = await db.Query<Row>(Sql.OfPerson, new { HttpContext.SignedIn().PersonId, Now = clock.GetUtcNow() });
        var programs = new List<Program>();
        foreach (var group in rows.GroupBy(row => row.ClientId))
        {
            // the portal itself is no program that somebody let in
            if (await clients.Find(group.Key) is not { IsPortal: false } client) continue;
            var scopes = group.SelectMany(row => row.Scope.Split(' ')).Distinct(StringComparer.Ordinal);
            programs.Add(new Program(
                client.Id, client.Name, group.Select(row => row.AccountName).FirstOrDefault(name => name is not null),
                [.. scopes.Select(ScopeWords.Of).Where(words => words.Length > 0)], group.Min(row => row.CreatedAt), group.Max(row => row.LastUsedAt)));
        }

        Programs = programs;
    }

    public async Task<IActionResult> OnPost(string? client)
    {
        if (client is not { Length: > 0 and <= LongestScope }) return NotFound();
        var who = HttpContext.SignedIn();
        var now = clock.GetUtcNow();
        await db.Write(async tx =>
        {
            var ended = await tx.Execute(Sql.Revoke, new { who.PersonId, ClientId = client, Now = now });
            var withdrawn = await RememberedConsent.Withdraw(tx, who.PersonId, client, now);
            if (ended + withdrawn > 0) await tx.Record(HttpContext.Entry("identity.consent_withdrawn", Texts.Cut(client, 60)), now);
        });
        return this.SeeOther("/accounts/grants");
    }

    private sealed record Row
    {
        public string ClientId { get; init; } = "";

        public string? AccountName { get; init; }

        public string Scope { get; init; } = "";

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? LastUsedAt { get; init; }
    }

    internal static class Sql
    {
        // a grant without a refresh token or session is over ten minutes after it was given
        public const string OfPerson = """
            -- all accounts: a person's own answers
            select c.ClientId, a.Name as AccountName, c.Scope, c.CreatedAt, null as LastUsedAt
            from RememberedConsent c
                left join Account a on a.Id = c.AccountId
            where c.PersonId = @PersonId
                and c.WithdrawnAt is null
            union all
            select g.ClientId, a.Name as AccountName, g.Scope, g.CreatedAt, g.LastUsedAt
            from TokenGrant g
                left join Account a on a.Id = g.AccountId
            where g.PersonId = @PersonId
                and g.RevokedAt is null
                and exists (select 1 from RefreshToken r where r.GrantId = g.Id and r.UsedAt is null and r.ExpiresAt > @Now)
            """;

        public const string Revoke = """
            -- all accounts: a person's own answers
            update TokenGrant
            set RevokedAt = @Now
            where PersonId = @PersonId
                and ClientId = @ClientId
                and RevokedAt is null
            """;
    }
}
