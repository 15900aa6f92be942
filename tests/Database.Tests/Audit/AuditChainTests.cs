using Database.Audit;
using Microsoft.Data.Sqlite;
using Testing;
using Xunit;

namespace Database.Tests.Audit;

/// <summary>What the chain shows: whatever is changed, removed, inserted or re-ordered behind the portal's back, and nothing else.</summary>
public sealed class AuditChainTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 6, 30, 0, TimeSpan.Zero);

    [Theory, Engines]
    public async Task Whatever_happens_in_whatever_order_an_honest_trail_verifies(string engine)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            await using var database = await TestDatabase.Create(engine);
            var random = new Random(seed);
            var written = 0;
            for (var turn = 0; turn < 12; turn++)
            {
                var events = random.Next(0, 12);
                // clocks of two hosts differ: ids do not come in the order of their commits
                await Task.WhenAll(Enumerable.Range(0, events).Select(i => Write(database.Db, random.Next(0, 4), Noon.AddMilliseconds(random.Next(-5000, 5000)))));
                written += events;
                if (random.Next(3) == 0) await Task.WhenAll(SealAudit.SealNext(database.Db, Noon), SealAudit.SealNext(database.Db, Noon));
            }

            var report = await VerifyAudit.Run(database.Db);
            Assert.Empty(report.Faults);
            Assert.Equal(written, report.Events + report.Waiting);
            await SealAll(database.Db);
            report = await VerifyAudit.Run(database.Db);
            Assert.Empty(report.Faults);
            Assert.Equal((written, 0), ((int)report.Events, (int)report.Waiting));
        }
    }

    // each line is one way to tamper; whichever event it hits, in whichever trail, the check tells of it
    [Theory]
    [InlineData("update AuditEvent set Action = 'things.other' where Id = @Id", "was changed")]
    [InlineData("update AuditEvent set PersonId = 'per_somebodyelse' where Id = @Id", "was changed")]
    [InlineData("update AuditEvent set HappenedAt = '2026-01-01 00:00:00.000' where Id = @Id", "was changed")]
    [InlineData("update AuditEvent set Resource = null where Id = @Id", "was changed")]
    [InlineData("update AuditEvent set Personal = x'00' where Id = @Id", "particulars")]
    [InlineData("update AuditEvent set AccountId = 'acc_other' where Id = @Id", "moved")]
    [InlineData("delete from AuditEvent where Id = @Id", "missing")]
    [InlineData("insert into AuditEvent (Id, AccountId, Action, KeySubject, PayloadHash, HappenedAt) select 'aud_00000000000000000000000000', AccountId, Action, KeySubject, PayloadHash, HappenedAt from AuditEvent where Id = @Id", "inserted")]
    [InlineData("update AuditSeal set EventIds = replace(EventIds, @Id, 'aud_00000000000000000000000000')", "missing")]
    [InlineData("delete from AuditSeal where EventIds like '%' || @Id || '%'", "is missing|no seal knows|follow")]
    public async Task Any_change_behind_the_portal_s_back_shows(string tampering, string told)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            await using var database = await TestDatabase.Create();
            var random = new Random(seed);
            for (var i = 0; i < 20; i++)
            {
                await Write(database.Db, random.Next(0, 3), Noon.AddSeconds(i));
                if (random.Next(4) == 0) await SealAll(database.Db);
            }

            await SealAll(database.Db);
            Assert.Empty((await VerifyAudit.Run(database.Db)).Faults);
            var ids = await database.Db.Query<string>(VerifyAudit.Sql.Ids, new { After = "", First = 1, Last = 100 });
            Intrude(database, tampering, ids[random.Next(ids.Count)]);
            var report = await VerifyAudit.Run(database.Db);
            Assert.NotEmpty(report.Faults);
            Assert.Contains(report.Faults, fault => told.Split('|').Any(word => fault.Contains(word, StringComparison.Ordinal)));
            Assert.Equal(1, await VerifyAudit.Print(database.Db, TextWriter.Null));
        }
    }

    [Fact]
    public async Task An_event_removed_before_its_seal_shows()
    {
        await using var database = await TestDatabase.Create();
        for (var i = 0; i < 3; i++) await Write(database.Db, 1, Noon.AddSeconds(i));
        var ids = await database.Db.Query<string>(VerifyAudit.Sql.Ids, new { After = "", First = 1, Last = 100 });
        Intrude(database, "delete from AuditEvent where Id = @Id", ids[1]);
        Assert.Contains("removed before it was sealed", Assert.Single((await VerifyAudit.Run(database.Db)).Faults), StringComparison.Ordinal);
        await SealAll(database.Db);
        Assert.Contains("missing", Assert.Single((await VerifyAudit.Run(database.Db)).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cutting_off_the_latest_seals_shows_against_a_head_that_was_noted_elsewhere()
    {
        await using var database = await TestDatabase.Create();
        await Write(database.Db, 1, Noon);
        await SealAll(database.Db);
        await Write(database.Db, 1, Noon.AddSeconds(1));
        await SealAll(database.Db);
        var head = (await VerifyAudit.Run(database.Db)).Head;
        var last = (await database.Db.Query<string>(VerifyAudit.Sql.Ids, new { After = "", First = 1, Last = 9 }))[1];
        Assert.Empty((await VerifyAudit.Run(database.Db, head)).Faults);
        Intrude(database, "delete from AuditSeal where EventIds like '%' || @Id || '%'", last);
        Intrude(database, "delete from AuditEvent where Id = @Id", last);
        Assert.Empty((await VerifyAudit.Run(database.Db)).Faults);
        Assert.Contains("cut off", Assert.Single((await VerifyAudit.Run(database.Db, head)).Faults), StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task Erasing_a_person_makes_the_particulars_unreadable_and_leaves_the_chain(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var keys = AuditKeys.Unset;
        await Write(database.Db, 1, Noon);
        await SealAll(database.Db);
        var stored = await database.Db.One<StoredAuditEvent>(Sql.Stored);
        Assert.Equal("192.0.2.7", keys.Read(stored!)!.Ip);
        Assert.DoesNotContain("192.0.2.7", System.Text.Encoding.UTF8.GetString(stored!.Personal!), StringComparison.Ordinal);
        await database.Db.Write(tx => keys.Erase(tx, stored.KeySubject, Noon));
        Assert.Null(keys.Read((await database.Db.One<StoredAuditEvent>(Sql.Stored))!));
        // and nothing more is kept about them
        await Write(database.Db, 1, Noon.AddSeconds(-1));
        Assert.Null((await database.Db.One<StoredAuditEvent>(Sql.Stored))!.Personal);
        await SealAll(database.Db);
        Assert.Empty((await VerifyAudit.Run(database.Db)).Faults);
    }

    [Fact]
    public async Task A_key_made_in_a_transaction_that_is_rolled_back_is_forgotten_with_it()
    {
        await using var database = await TestDatabase.Create();
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.Write(async tx =>
        {
            await tx.Record(new AuditEvent("things.done") { PersonId = "per_rolledback", Ip = "192.0.2.9" }, Noon);
            throw new InvalidOperationException("No.");
        }));
        await database.Db.Write(tx => tx.Record(new AuditEvent("things.done") { PersonId = "per_rolledback", Ip = "192.0.2.9" }, Noon));
        Assert.Equal("192.0.2.9", AuditKeys.Unset.Read((await database.Db.One<StoredAuditEvent>(Sql.Stored))!)!.Ip);
    }

    private static Task Write(Db db, int account, DateTimeOffset now) => db.Write(tx => tx.Record(
        new AuditEvent("things.done")
        {
            AccountId = account == 0 ? null : $"acc_{account}",
            PersonId = $"per_{account}{db.GetHashCode()}",
            Resource = "thg_1",
            Ip = "192.0.2.7",
            After = new { account },
        },
        now));

    private static async Task SealAll(Db db)
    {
        while (await SealAudit.SealNext(db, Noon) > 0)
        {
        }
    }

    private static void Intrude(TestDatabase database, string tampering, string id)
    {
        using var intruder = new SqliteConnection($"Data Source={database.Target};Pooling=False");
        intruder.Open();
        using var command = intruder.CreateCommand();
        command.CommandText = $"""
            drop trigger if exists TR_AuditEvent_no_update;
            drop trigger if exists TR_AuditEvent_no_delete;
            drop trigger if exists TR_AuditSeal_no_update;
            drop trigger if exists TR_AuditSeal_no_delete;
            {tampering};
            """;
        command.Parameters.AddWithValue("@Id", id);
        command.ExecuteNonQuery();
    }

    private static class Sql
    {
        public const string Stored = $"""
            select {StoredAuditEvent.Columns}
            from AuditEvent e
            left join AuditKey k on k.Subject = e.KeySubject
            order by e.HappenedAt
            """;
    }
}
