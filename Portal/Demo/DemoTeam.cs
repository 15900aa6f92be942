using Database;
using Portal.Access;
using Portal.Accounts;
using Portal.Identity;
using Portal.Servers;

namespace Portal.Demo;

/// <summary>People of Asha's company: a bookkeeper, a contractor who looks after one server for a time, and somebody who may only ask.</summary>
internal static class DemoTeam
{
    internal const string Contractor = "kiran@textiles.example";
    internal const string Bookkeeper = "meera@textiles.example";
    internal const string Asker = "ravi@textiles.example";

    internal static async Task Write(Db db, SignedIn asha, ServerId shop, ServerId stock, string passwordHash, DateTimeOffset now)
    {
        var kiran = await Join(db, asha.AccountId, Contractor, "Kiran Shetty", passwordHash, now);
        var meera = await Join(db, asha.AccountId, Bookkeeper, "Meera Kulkarni", passwordHash, now);
        var ravi = await Join(db, asha.AccountId, Asker, "Ravi Naik", passwordHash, now);
        await db.Write(async tx =>
        {
            if (await ChangeTeams.Open(tx, asha.AccountId, Team.OfTeam, "Web shop", now) is not { } team) return;
            await ChangeTeams.Put(tx, asha.AccountId, shop.Value, team, now);
            await ChangeTeams.Add(tx, asha.AccountId, team, meera, now);
            await Tags.Set(tx, asha.AccountId, shop.Value, ["env:prod", "web"], now);
            await Tags.Set(tx, asha.AccountId, stock.Value, ["env:prod"], now);
            foreach (var grant in (NewGrant[])[
                new(meera.Value, "billing", AccessScope.Whole),
                new(ravi.Value, "technical", AccessScope.Whole) { Mode = AccessGrant.Request },
                new(team.Value, "viewer", new AccessScope(AccessScope.Team, team.Value)),
                new(kiran.Value, "technical", new AccessScope(AccessScope.Resource, stock.Value)) { ExpiresAt = Ist.StartOf(Ist.Date(now).AddDays(90)), SpendLimitPaise = 5_000_00 },
            ])
                await GiveAccess.Run(tx, asha.AccountId, grant, asha.PersonId.Value, giver: null, now);
        });
    }

    private static Task<PersonId> Join(Db db, AccountId account, string email, string name, string passwordHash, DateTimeOffset now) => db.Write(async tx =>
    {
        var added = await CreatePerson.Run(tx, new NewPerson(email, name) { PasswordHash = passwordHash, AgeConfirmedAt = now, Ip = "127.0.0.1" }, now);
        var person = added ?? (await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(email) }))!.Id;
        await CreateAccount.Join(tx, account, person, "member", now);
        return person;
    });
}
