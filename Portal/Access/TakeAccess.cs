using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>How taking access ended.</summary>
internal abstract record TakeOutcome
{
    private TakeOutcome()
    {
    }

    public sealed record Taken(AccessGrant Grant) : TakeOutcome;

    /// <summary>There is none in force, or it is another account's.</summary>
    public sealed record UnknownGrant : TakeOutcome;

    /// <summary>An account always has an owner.</summary>
    public sealed record LastOwner : TakeOutcome;

    /// <summary>Nobody takes what they could not have given.</summary>
    public sealed record BeyondOwn(string Permission) : TakeOutcome;
}

/// <summary>Takes access; it is gone with the holder's next request.</summary>
internal static class TakeAccess
{
    /// <param name="taker">What the taker may do; null for the house itself and for people who give up their own.</param>
    public static async Task<TakeOutcome> Run(Tx tx, AccountId account, AccessGrantId id, string? by, RequestAccess? taker, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        taker = taker is null ? null : await taker.Again(tx);
        var args = new { AccountId = account, Id = id, Now = now, By = by };
        if (await tx.One<AccessGrant>(AccessGrant.Sql.Find, args) is not { } grant) return new TakeOutcome.UnknownGrant();
        if (taker is not null && grant.Permissions.FirstOrDefault(code => !taker.CanOnAll(code)) is { } missing) return new TakeOutcome.BeyondOwn(missing);
        return await tx.Execute(AccessGrant.Sql.Take, args) == 1 ? new TakeOutcome.Taken(grant) : new TakeOutcome.LastOwner();
    }
}
