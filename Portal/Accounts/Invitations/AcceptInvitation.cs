using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Accounts.Invitations;

/// <summary>How accepting ended.</summary>
internal abstract record AcceptOutcome
{
    private AcceptOutcome()
    {
    }

    public sealed record Accepted(PersonId Person, AccountId Account) : AcceptOutcome;

    /// <summary>Used, withdrawn, expired, or what it offered can no longer be given.</summary>
    public sealed record NotGood : AcceptOutcome;
}

/// <summary>
/// Accepts an invitation: membership and access come to be in one transaction, once. What is given is what the one who invited could give
/// at this moment, so that nobody comes in by the word of somebody who may no longer say it.
/// </summary>
internal sealed class AcceptInvitation(Db db, AccessMaps maps, TimeProvider clock)
{
    /// <param name="person">Who accepts; null for somebody who signs up by it.</param>
    /// <param name="newcomer">Their name and password's hash when they are new.</param>
    public async Task<AcceptOutcome> Run(HttpContext context, string token, PersonId? person, NewPerson? newcomer)
    {
        var now = clock.GetUtcNow();
        if (await Invitation.ByToken(db, token) is not { } invitation || !invitation.IsOpen(now)) return new AcceptOutcome.NotGood();
        var giver = new RequestAccess(await maps.Now(invitation.AccountId, invitation.InvitedBy.Value), null, now);
        if (!giver.Can(Permissions.TeamManage)) return new AcceptOutcome.NotGood();
        try
        {
            return await db.Write<AcceptOutcome>(async tx =>
            {
                var who = person ?? await CreatePerson.Run(tx, newcomer!, now);
                if (who is not { } known) throw new NotGoodException();
                if (await tx.Execute(Invitation.Sql.Accept, new { TokenHash = Secrets.Hash(token), PersonId = known, Now = now }) != 1)
                    throw new NotGoodException();
                await CreateAccount.Join(tx, invitation.AccountId, known, "member", now);
                var given = await GiveAccess.Run(tx, invitation.AccountId, invitation.Grant(known.Value), invitation.InvitedBy.Value, giver, now);
                if (given is not GiveOutcome.Given grant) throw new NotGoodException();
                var entry = context.Entry("team.accept", grant.Id.Value, after: new { invitation.Email, invitation.RoleCode, invitation.ScopeKind, invitation.ScopeId });
                await tx.Record(entry with { AccountId = invitation.AccountId, PersonId = known }, now);
                return new AcceptOutcome.Accepted(known, invitation.AccountId);
            });
        }
        catch (NotGoodException)
        {
            return new AcceptOutcome.NotGood();
        }
    }

    // takes the whole transaction back: a person or a used invitation without access would be left otherwise
    private sealed class NotGoodException : Exception;
}
