using Database;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>Changes of an account's own roles by whoever makes the request, each with its audit event; used by the page and the API.</summary>
internal static class EditRole
{
    /// <param name="id">The role to change; null makes a new one.</param>
    public static Task<RoleOutcome> Save(
        HttpContext context, Db db, CustomRoleId? id, string? name, IReadOnlyCollection<string> codes, DateTimeOffset now)
    {
        var (who, access) = (context.SignedIn(), context.Access());
        return db.Write(async tx =>
        {
            var before = id is { } known ? await CustomRole.Find(tx, who.AccountId, known.Value) : null;
            var outcome = await ChangeRoles.Save(tx, who.AccountId, id, name, codes, who.PersonId, access, now);
            if (outcome is RoleOutcome.Saved saved)
            {
                var old = before is null ? null : new { before.Name, before.Codes };
                await tx.Record(context.Entry("team.save_role", saved.Id.Value, old, new { Name = name?.Trim(), Codes = codes }), now);
            }

            return outcome;
        });
    }

    public static Task<RoleOutcome> Retire(HttpContext context, Db db, CustomRoleId id, DateTimeOffset now)
    {
        var (who, access) = (context.SignedIn(), context.Access());
        return db.Write(async tx =>
        {
            var outcome = await ChangeRoles.Retire(tx, who.AccountId, id, who.PersonId, access, now);
            if (outcome is RoleOutcome.Saved) await tx.Record(context.Entry("team.retire_role", id.Value), now);
            return outcome;
        });
    }
}
