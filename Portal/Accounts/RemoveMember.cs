using Database;
using Portal.Access;
using Portal.Accounts.Invitations;
using Portal.Identity;

namespace Portal.Accounts;

/// <summary>How removing somebody from an account ended.</summary>
internal abstract record RemoveOutcome
{
    private RemoveOutcome()
    {
    }

    public sealed record Removed : RemoveOutcome;

    public sealed record UnknownMember : RemoveOutcome;

    public sealed record LastOwner : RemoveOutcome;

    public sealed record BeyondOwn(string Permission) : RemoveOutcome;
}

/// <summary>Takes everything from somebody and ends their membership; used for people who leave as well.</summary>
internal static class RemoveMember
{
    /// <param name="remover">What the remover may do; null for people who leave.</param>
    public static async Task<RemoveOutcome> Run(Tx tx, AccountId account, PersonId person, PersonId by, RequestAccess? remover, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        var args = new { AccountId = account, PersonId = person };
        if (await tx.One<int>(Sql.IsMember, args) == 0) return new RemoveOutcome.UnknownMember();
        if (remover is not null)
        {
            remover = await remover.Again(tx);
            // by their teams too: leaving the account takes what those gave
            var held = await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolderAndTeams, new { AccountId = account, HolderId = person });
            var beyond = held.Where(grant => grant.IsLive(now)).SelectMany(grant => grant.Permissions)
                .FirstOrDefault(code => Permissions.Exists(code) && !remover.CanOnAll(code));
            if (beyond is not null) return new RemoveOutcome.BeyondOwn(beyond);
        }

        var grants = await tx.Query<AccessGrant>(AccessGrant.Sql.OfHolder, new { AccountId = account, HolderId = person });
        // the owner's role first: nothing is changed yet when it has to stay
        foreach (var grant in grants.OrderByDescending(grant => grant.IsOwner))
        {
            switch (await TakeAccess.Run(tx, account, grant.Id, by.Value, remover, now))
            {
                case TakeOutcome.LastOwner: return new RemoveOutcome.LastOwner();
                case TakeOutcome.BeyondOwn beyond: return new RemoveOutcome.BeyondOwn(beyond.Permission);
            }
        }

        await ChangeTeams.RemoveFromAll(tx, account, person);
        await Invitation.WithdrawAllOf(tx, account, person, now);
        await tx.Execute(Sql.Remove, args);
        return new RemoveOutcome.Removed();
    }

    internal static class Sql
    {
        public const string IsMember = "select count(*) from AccountMember where AccountId = @AccountId and PersonId = @PersonId";

        public const string Remove = "delete from AccountMember where AccountId = @AccountId and PersonId = @PersonId";
    }
}
