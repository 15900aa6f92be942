using System.Collections.Concurrent;
using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>
/// The access maps of this process. A map is good for one version of its account's access, and each request brings the version along
/// with its session or token: what was changed in any process is true for the next request in every process.
/// </summary>
internal sealed class AccessMaps(Db db)
{
    private const int Most = 20_000;
    private readonly ConcurrentDictionary<(string Account, string Holder), Kept> kept = new();

    /// <summary>What the person or service account may do.</summary>
    public async ValueTask<AccessMap> Of(AccountId account, string holder, long version)
    {
        if (account.Value is not { Length: > 0 }) return AccessMap.Nothing;
        var key = (account.Value, holder);
        if (kept.TryGetValue(key, out var found) && found.Version == version) return found.Map;
        var map = await db.Snapshot(tx => Read(tx, account, holder));
        if (kept.Count >= Most) kept.Clear();
        kept.AddOrUpdate(key, new Kept(version, map), (_, other) => other.Version > version ? other : new Kept(version, map));
        return map;
    }

    /// <summary>What somebody else than whoever makes the request may do.</summary>
    public async Task<AccessMap> Now(AccountId account, string holder) =>
        await Of(account, holder, await db.One<long>(Sql.Version, new { AccountId = account }));

    /// <summary>What the person or service account may do, as the transaction sees it.</summary>
    public static async Task<AccessMap> Read(Tx tx, AccountId account, string holder)
    {
        var args = new { AccountId = account, HolderId = holder };
        var grants = await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolderAndTeams, args);
        var teams = grants.Any(grant => grant.ScopeKind == AccessScope.Team)
            ? (await tx.Query<Place>(Sql.TeamResources, args)).ToLookup(place => place.ScopeId, place => place.ResourceId)
            : null;
        var tags = grants.Any(grant => grant.ScopeKind == AccessScope.Tag)
            ? (await tx.Query<Place>(Sql.TaggedResources, args)).ToLookup(place => place.ScopeId, place => place.ResourceId)
            : null;
        return new AccessMap(grants.Select(grant => new CompiledGrant(
            grant.Mask,
            grant.ScopeKind switch
            {
                AccessScope.Account => null,
                AccessScope.Resource => [grant.ScopeId],
                AccessScope.Team => [.. teams![grant.ScopeId]],
                _ => [.. tags![grant.ScopeId]],
            },
            grant.ExpiresAt,
            grant.Mode == AccessGrant.Request,
            grant.SpendLimitPaise)
        {
            Team = grant.ScopeKind == AccessScope.Team ? new TeamId(grant.ScopeId) : null,
        }), [holder, .. grants.Select(grant => grant.HolderId).Where(id => id != holder).Distinct()]);
    }

    private sealed record Kept(long Version, AccessMap Map);

    private sealed record Place
    {
        public string ScopeId { get; init; } = "";

        public string ResourceId { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Version = "select Version from AccountAccess where AccountId = @AccountId";

        public const string TeamResources = "select TeamId as ScopeId, ResourceId from TeamResource where AccountId = @AccountId";

        public const string TaggedResources = "select Tag as ScopeId, ResourceId from ResourceTag where AccountId = @AccountId";
    }
}
