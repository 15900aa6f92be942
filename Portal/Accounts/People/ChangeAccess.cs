using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Accounts.People;

/// <summary>Changes of somebody's access by whoever makes the request, each with its audit event; used by pages and the API.</summary>
internal static class ChangeAccess
{
    public static Task<GiveOutcome> Give(HttpContext context, Db db, NewGrant grant, DateTimeOffset now)
    {
        var (who, access) = (context.SignedIn(), context.Access());
        return db.Write(async tx =>
        {
            var outcome = await GiveAccess.Run(tx, who.AccountId, grant, who.PersonId.Value, access, now);
            if (outcome is GiveOutcome.Given given) await tx.Record(context.Entry("team.give", given.Id.Value, after: grant), now);
            return outcome;
        });
    }

    public static Task<TakeOutcome> Take(HttpContext context, Db db, AccessGrantId id, DateTimeOffset now)
    {
        var (who, access) = (context.SignedIn(), context.Access());
        return db.Write(async tx =>
        {
            var outcome = await TakeAccess.Run(tx, who.AccountId, id, who.PersonId.Value, access, now);
            if (outcome is TakeOutcome.Taken { Grant: var grant })
                await tx.Record(context.Entry("team.take", id.Value, before: new { grant.HolderId, grant.Role, grant.ScopeKind, grant.ScopeId }), now);
            return outcome;
        });
    }

    /// <summary>A grant that the holder had and that was taken; null when there is none of this id.</summary>
    public static async Task<AccessGrant?> Taken(HttpContext context, Db db, string holder, string? id) =>
        Id.TryParse<AccessGrantId>(id, out var known)
        && await db.One<AccessGrant>(AccessGrant.Sql.Taken, new { context.SignedIn().AccountId, Id = known }) is { } grant && grant.HolderId == holder
            ? grant
            : null;

    /// <summary>The other becomes owner, whoever asks stays as Admin; false when they do not own it or the other is no member.</summary>
    public static Task<bool> HandOver(HttpContext context, Db db, PersonId to, DateTimeOffset now)
    {
        var (who, access) = (context.SignedIn(), context.Access());
        return db.Write(async tx =>
        {
            var held = await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolder, new { who.AccountId, HolderId = who.PersonId });
            if (!held.Any(grant => grant.IsOwner)) return false;
            var theirs = await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolder, new { who.AccountId, HolderId = to });
            if (!theirs.Any(grant => grant.IsOwner))
            {
                var owner = new NewGrant(to.Value, Roles.Owner, AccessScope.Whole);
                if (await GiveAccess.Run(tx, who.AccountId, owner, who.PersonId.Value, access, now) is not GiveOutcome.Given) return false;
            }

            await GiveAccess.Run(tx, who.AccountId, new NewGrant(who.PersonId.Value, "admin", AccessScope.Whole), who.PersonId.Value, access, now);
            foreach (var own in held)
                if (own.IsOwner) await TakeAccess.Run(tx, who.AccountId, own.Id, who.PersonId.Value, null, now);
            await tx.Record(context.Entry("team.hand_over", to.Value, before: new { Owner = who.PersonId }, after: new { Owner = to }), now);
            return true;
        });
    }

    /// <param name="remover">What the remover may do; null for people who leave.</param>
    public static Task<RemoveOutcome> Remove(HttpContext context, Db db, PersonId person, RequestAccess? remover, DateTimeOffset now)
    {
        var who = context.SignedIn();
        return db.Write(async tx =>
        {
            var outcome = await RemoveMember.Run(tx, who.AccountId, person, who.PersonId, remover, now);
            if (outcome is RemoveOutcome.Removed)
                await tx.Record(context.Entry(remover is null ? "team.leave" : "team.remove", person.Value), now);
            return outcome;
        });
    }
}
