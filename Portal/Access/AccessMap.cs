namespace Portal.Access;

/// <summary>What a check says.</summary>
public enum Verdict
{
    /// <summary>No.</summary>
    Refused,

    /// <summary>Not by themselves; they may ask somebody who decides.</summary>
    MayRequest,

    /// <summary>Yes.</summary>
    Allowed,
}

/// <summary>A grant as a check needs it.</summary>
/// <param name="Mask">The permissions of its role.</param>
/// <param name="Resources">What lies in its scope; null for the whole account.</param>
internal sealed record CompiledGrant(ulong Mask, IReadOnlyCollection<string>? Resources, DateTimeOffset? ExpiresAt, bool IsRequest, long? SpendLimitPaise)
{
    /// <summary>The team that the scope is, if it is one.</summary>
    public TeamId? Team { get; init; }
}

/// <summary>
/// All grants of one person in one account, turned into look-ups: a check costs the same with ten grants and with ten thousand. It is
/// good for one version of the account's access; time is an argument, so that a grant ends to the second.
/// </summary>
internal sealed class AccessMap
{
    private readonly Held whole = new();
    private readonly Held wholeRequest = new();
    private readonly Held anywhere = new();
    private readonly Held anywhereRequest = new();
    private readonly Dictionary<string, Held> parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Held> partsRequest = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset Until, TeamId Team, bool IsRequest)> orderTeams = [];
    private readonly Limits wholeLimits = new();
    private readonly Dictionary<TeamId, Limits> teamLimits = [];
    private readonly Dictionary<string, Limits> partLimits = new(StringComparer.Ordinal);

    public AccessMap(IEnumerable<CompiledGrant> grants, IReadOnlyList<string>? holders = null)
    {
        Holders = holders ?? [];
        // what only reads is never asked for: nobody can ask for what they cannot see
        foreach (var grant in grants.SelectMany(Parted))
        {
            var until = grant.ExpiresAt ?? DateTimeOffset.MaxValue;
            if (grant.Resources is null)
            {
                if (!grant.IsRequest) wholeLimits.Add(until, grant.Mask & Permissions.Spending, grant.SpendLimitPaise);
                (grant.IsRequest ? wholeRequest : whole).Add(grant.Mask, until);
                continue;
            }

            var mask = grant.Mask & Permissions.OnParts;
            // what is new lies in a team or nowhere, so an order on one server or on a tag means nothing
            if (grant.Team is not { } team) mask &= ~Permissions.Bit(Permissions.ServersOrder);
            else if ((mask & Permissions.Bit(Permissions.ServersOrder)) != 0) orderTeams.Add((until, team, grant.IsRequest));
            var spending = grant.IsRequest ? 0 : mask & Permissions.Spending;
            if (grant.Team is { } limited) LimitsIn(teamLimits, limited).Add(until, spending, grant.SpendLimitPaise);
            (grant.IsRequest ? anywhereRequest : anywhere).Add(mask, until);
            var into = grant.IsRequest ? partsRequest : parts;
            foreach (var resource in grant.Resources)
            {
                if (!into.TryGetValue(resource, out var held)) into[resource] = held = new Held();
                held.Add(mask, until);
                if (spending != 0) LimitsIn(partLimits, resource).Add(until, spending, grant.SpendLimitPaise);
            }
        }
    }

    /// <summary>The person and the teams they are in.</summary>
    public IReadOnlyList<string> Holders { get; }

    public static AccessMap Nothing { get; } = new([]);

    /// <summary>What staff may do in an account they look into, once they said why they must write: nothing that costs, ends or lets in.</summary>
    public static AccessMap OfStaff { get; } = new([
        new CompiledGrant(
            Permissions.Reading
            | Permissions.Mask([
                Permissions.ServersPower, Permissions.ServersRename, Permissions.BackupsTake, Permissions.BackupsRestore, Permissions.BillingEdit,
            ]),
            null, null, false, null),
    ]);

    /// <summary>Whether the permission (a bit) is held on the resource, or on anything at all when it is null.</summary>
    public Verdict Check(ulong permission, string? resource, DateTimeOffset now)
    {
        if (whole.Has(permission, now)) return Verdict.Allowed;
        if (Part(parts, anywhere, permission, resource, now)) return Verdict.Allowed;
        return wholeRequest.Has(permission, now) || Part(partsRequest, anywhereRequest, permission, resource, now)
            ? Verdict.MayRequest
            : Verdict.Refused;
    }

    /// <summary>Whether one of the permissions is held on the whole account.</summary>
    public bool OnWhole(ulong permission, DateTimeOffset now) => whole.Has(permission, now);

    /// <summary>Whether one of the permissions is held on the resource, or on anything at all when it is null, if only to ask.</summary>
    public bool HoldsAny(ulong permissions, string? resource, DateTimeOffset now) => Check(permissions, resource, now) != Verdict.Refused;

    /// <summary>Until when the permission (a bit) is held on the whole account; null when it is not.</summary>
    public DateTimeOffset? UntilOnWhole(ulong permission, DateTimeOffset now) => whole.Until(permission, now);

    /// <summary>
    /// What may be spent in a month by ordering or paying (a bit), in paise, with what is held on the whole account and on the resource; null without
    /// a limit: one grant without a limit is enough.
    /// </summary>
    public long? SpendLimit(ulong permission, DateTimeOffset now, string? resource = null)
    {
        var (any, limit) = wholeLimits.Of(permission, now);
        if (resource is null || !partLimits.TryGetValue(resource, out var part)) return limit;
        var (anyPart, partLimit) = part.Of(permission, now);
        if (!anyPart || (any && limit is null)) return limit;
        return partLimit is null ? null : Math.Max(limit ?? 0, partLimit.Value);
    }

    /// <summary>What may be spent in a month by ordering for the team, in paise; null without a limit.</summary>
    public long? SpendLimit(ulong permission, DateTimeOffset now, TeamId team) =>
        teamLimits.TryGetValue(team, out var limits) ? limits.Of(permission, now).Limit : null;

    /// <summary>Whether the permission (a bit) may be asked for on the whole account.</summary>
    public bool AsksOnWhole(ulong permission, DateTimeOffset now) => wholeRequest.Has(permission, now);

    /// <summary>The first team for which may be ordered, or asked for an order.</summary>
    public TeamId? OrderTeam(DateTimeOffset now, bool isRequest = false)
    {
        foreach (var (until, team, asks) in orderTeams)
            if (until > now && asks == isRequest) return team;
        return null;
    }

    private static IEnumerable<CompiledGrant> Parted(CompiledGrant grant) => grant.IsRequest
        ? [grant with { Mask = grant.Mask & Permissions.Reading, IsRequest = false }, grant with { Mask = grant.Mask & ~Permissions.Reading }]
        : [grant];

    private static bool Part(Dictionary<string, Held> parts, Held anywhere, ulong permission, string? resource, DateTimeOffset now) =>
        resource is null
            ? anywhere.Has(permission, now)
            : parts.TryGetValue(resource, out var held) && held.Has(permission, now);

    private static Limits LimitsIn<T>(Dictionary<T, Limits> of, T key)
        where T : notnull => of.TryGetValue(key, out var found) ? found : of[key] = new Limits();

    /// <summary>What may be spent by the grants of one scope.</summary>
    private sealed class Limits
    {
        private readonly List<(DateTimeOffset Until, ulong Mask, long? Limit)> entries = [];

        public void Add(DateTimeOffset until, ulong mask, long? limit)
        {
            // what ends sooner and allows no more adds nothing
            if (mask == 0 || entries.Any(other =>
                other.Until >= until && (other.Mask & mask) == mask && (other.Limit is null || (limit is not null && other.Limit >= limit)))) return;
            entries.Add((until, mask, limit));
        }

        /// <summary>Whether any grant speaks of the permission, and the largest limit; null when one has none.</summary>
        public (bool Any, long? Limit) Of(ulong permission, DateTimeOffset now)
        {
            long? most = null;
            foreach (var (until, mask, limit) in entries)
            {
                if (until <= now || (mask & permission) == 0) continue;
                if (limit is null) return (true, null);
                most = Math.Max(most ?? 0, limit.Value);
            }

            return (most is not null, most);
        }
    }

    /// <summary>Permissions and until when each is held: as many entries as there are different ends, at most one a permission.</summary>
    private sealed class Held
    {
        private (DateTimeOffset Until, ulong Mask)[] entries = [];

        public bool Has(ulong any, DateTimeOffset now)
        {
            foreach (var (until, mask) in entries)
            {
                if (until <= now) return false;
                if ((mask & any) != 0) return true;
            }

            return false;
        }

        public DateTimeOffset? Until(ulong permission, DateTimeOffset now)
        {
            foreach (var (until, mask) in entries)
                if (until > now && (mask & permission) != 0) return until;
            return null;
        }

        // the latest end first; a permission stands in one entry, that of its latest end
        public void Add(ulong mask, DateTimeOffset until)
        {
            foreach (var entry in entries)
                if (entry.Until >= until) mask &= ~entry.Mask;
            if (mask == 0) return;
            var kept = entries.Select(entry => entry.Until < until ? (entry.Until, Mask: entry.Mask & ~mask) : entry).Where(entry => entry.Mask != 0);
            entries = [.. kept.Append((until, mask)).OrderByDescending(entry => entry.Item1)];
        }
    }
}
