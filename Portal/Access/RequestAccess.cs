using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Access;

/// <summary>What whoever makes this request may do in the account they look at.</summary>
public sealed class RequestAccess
{
    private readonly AccessMap map;
    private readonly IReadOnlySet<string>? limitedTo;
    private readonly DateTimeOffset now;
    private readonly (AccountId Account, string Holder)? of;

    internal RequestAccess(
        AccessMap map, IReadOnlySet<string>? limitedTo, DateTimeOffset now, bool isReadOnly = false, (AccountId Account, string Holder)? of = null) =>
        (this.map, this.limitedTo, this.now, IsReadOnly, this.of) = (map, limitedTo, now, isReadOnly, of);

    /// <summary>Nothing at all: nobody is signed in, or they belong to no account.</summary>
    internal static RequestAccess Nothing { get; } = new(AccessMap.Nothing, null, DateTimeOffset.MaxValue);

    /// <summary>Only what reads is allowed, whatever the grants say.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether they may; on the account as a whole or, for what can be given on parts, on any part of it.</summary>
    public bool Can(string permission) => Check(permission) == Verdict.Allowed;

    /// <summary>Whether they may do it to the resource.</summary>
    public bool Can(string permission, string resource) => Check(permission, resource) == Verdict.Allowed;

    /// <summary>Whether they may do it to everything the account has.</summary>
    public bool CanOnAll(string permission) =>
        IsWithin(permission) && map.OnWhole(Permissions.Bit(permission), now);

    /// <summary>Whether they may, may ask, or neither.</summary>
    public Verdict Check(string permission, string? resource = null) =>
        IsWithin(permission) ? map.Check(Permissions.Bit(permission), resource, now) : Verdict.Refused;

    /// <summary>
    /// Whether they know of things, but not of this one: then it is answered as if it were not there. Null is a thing the account does not have.
    /// </summary>
    public bool IsHidden(string? resource) => map.HoldsAny(Permissions.Sight, null, now)
        && (resource is null ? !map.OnWhole(Permissions.Sight, now) : !map.HoldsAny(Permissions.Sight, resource, now));

    /// <summary>Whether they know that the resource is there.</summary>
    internal bool Sees(string resource) => map.HoldsAny(Permissions.Sight, resource, now);

    /// <summary>What a list is narrowed to; null for all that the account has.</summary>
    internal ListScope? Scope(string permission) => CanOnAll(permission) ? null : ListScope.Of(map.Holders, permission, now);

    /// <summary>Whether the token that was sent leaves the permission out, whatever its holder may do.</summary>
    public bool IsCutByToken(string permission) => limitedTo?.Contains(permission) == false;

    /// <summary>What they may spend in a month of India's calendar by ordering or by paying for the resource, in paise; null without a limit.</summary>
    public long? SpendLimitPaise(string permission, string? resource = null) => map.SpendLimit(Permissions.Bit(permission), now, resource);

    /// <summary>How far they may order: those who may order for a team alone order for that team.</summary>
    internal Servers.OrderRights OrderRights
    {
        get
        {
            var order = Permissions.Bit(Permissions.ServersOrder);
            return CanOnAll(Permissions.ServersOrder) || map.OrderTeam(now) is not { } team
                ? new(map.SpendLimit(order, now), null)
                : new(map.SpendLimit(order, now, team), team);
        }
    }

    /// <summary>
    /// Whether they may give the permission for so long and with such a monthly limit: nobody gives what they do not hold on the whole account
    /// themselves, nor for longer, nor up to more.
    /// </summary>
    /// <param name="until">The end; null for none.</param>
    /// <param name="limitPaise">For a month; null for none.</param>
    internal bool MayGive(string permission, DateTimeOffset? until, long? limitPaise)
    {
        var bit = Permissions.Bit(permission);
        if (!CanOnAll(permission) || map.UntilOnWhole(bit, now) < (until ?? DateTimeOffset.MaxValue)) return false;
        return (bit & Permissions.Spending) == 0 || map.SpendLimit(bit, now) is not { } own || limitPaise <= own;
    }

    /// <summary>
    /// The same as it is in the transaction, after <see cref="AccessVersion.Bump"/>: what was taken from whoever makes the request while it was under
    /// way is not theirs to give any more.
    /// </summary>
    internal async Task<RequestAccess> Again(Tx tx) => of is { } known
        ? new(await AccessMaps.Read(tx, known.Account, known.Holder), limitedTo, now, IsReadOnly, of)
        : this;

    /// <summary>The team that a server is asked for: those who may ask for a team alone ask for that team.</summary>
    internal TeamId? AskTeam =>
        map.AsksOnWhole(Permissions.Bit(Permissions.ServersOrder), now) || CanOnAll(Permissions.ServersOrder) ? null : map.OrderTeam(now, isRequest: true);

    private bool IsWithin(string permission) =>
        !IsCutByToken(permission) && (!IsReadOnly || (Permissions.Bit(permission) & Permissions.Reading) != 0);
}

/// <summary>What this request may do, for pages and endpoints.</summary>
public static class AccessOfRequest
{
    /// <summary>What whoever makes this request may do.</summary>
    public static RequestAccess Access(this HttpContext context) => context.Features.Get<RequestAccess>() ?? RequestAccess.Nothing;

    /// <summary>Whether whoever makes this request may; for pages.</summary>
    public static bool Can(this HttpContext context, string permission, string? resource = null) =>
        context.Access().Check(permission, resource) == Verdict.Allowed;

    internal static async Task ReadAccess(this HttpContext context, DateTimeOffset now)
    {
        if (context.SignedInOrNull() is not { } who) return;
        if (who.Looking is { } looking)
        {
            context.Features.Set(new RequestAccess(AccessMap.OfStaff, null, now, isReadOnly: !looking.MayWrite));
            return;
        }

        // a service account has no roles: what it was made for is all it may do
        if (who.IsService)
        {
            var made = new CompiledGrant(Permissions.Mask(who.LimitedTo ?? new HashSet<string>()), null, null, false, null);
            context.Features.Set(new RequestAccess(new AccessMap([made]), who.LimitedTo, now));
            return;
        }

        var map = await context.RequestServices.GetRequiredService<AccessMaps>().Of(who.AccountId, who.PersonId.Value, who.AccessVersion);
        var access = new RequestAccess(map, who.LimitedTo, now, of: (who.AccountId, who.PersonId.Value));
        if (!Shell.Failures.IsApi(context) && await ViewAs.Wanted(context, who, access) is { } other)
        {
            context.Features.Set(other);
            map = await context.RequestServices.GetRequiredService<AccessMaps>().Of(who.AccountId, other.PersonId.Value, who.AccessVersion);
            access = new RequestAccess(map, null, now, isReadOnly: true);
        }

        context.Features.Set(access);
    }
}
