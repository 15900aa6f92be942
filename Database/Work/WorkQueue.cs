using System.Diagnostics;
using System.Text.Json;

namespace Database.Work;

/// <summary>Adds and claims work. A claim is one guarded update; correctness rests on nothing else.</summary>
public static class WorkQueue
{
    /// <summary>How inputs are written and read.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    /// <summary>Adds work in the caller's transaction, so that the change and its promise stand or fall together.</summary>
    /// <returns>The item's id, or the id of the one that already carries the same dedup key.</returns>
    public static async Task<WorkItemId> Add(Tx tx, NewWork work, DateTimeOffset now)
    {
        var id = Id.New<WorkItemId>(now);
        var added = await tx.Execute(Sql.Add, new
        {
            Id = id,
            work.Command,
            work.Resource,
            work.AccountId,
            work.DedupKey,
            NextTryAt = work.NotBefore ?? now,
            Input = work.Input as string ?? (work.Input is null ? null : JsonSerializer.Serialize(work.Input, Json)),
            work.PromisedAt,
            Now = now,
            TraceParent = Activity.Current?.Id,
        });
        return added == 1 ? id : await tx.One<WorkItemId>(Sql.ByDedupKey, new { work.DedupKey });
    }

    internal static Task<IReadOnlyList<WorkItem>> Due(Db db, IReadOnlyCollection<string> commands, int most, DateTimeOffset now) =>
        db.Query<WorkItem>(Sql.Due, new { Commands = commands, First = 1, Last = most, Now = now });

    internal static async Task<WorkItem?> Claim(Db db, WorkItem item, string owner, DateTimeOffset now, TimeSpan lease)
    {
        var claimed = await db.Write(tx => tx.Execute(
            Sql.Claim, new { item.Id, item.Fence, Owner = owner, Until = now + lease, Now = now }));
        return claimed == 1 ? item with { Fence = item.Fence + 1, State = "running", StartedAt = item.StartedAt ?? now } : null;
    }

    internal static async Task Renew(Db db, WorkItem item, DateTimeOffset until)
    {
        if (await db.Write(tx => tx.Execute(Sql.Renew, new { item.Id, item.Fence, Until = until })) != 1) throw new LeaseLostException(item.Id);
    }

    internal static async Task Hold(Tx tx, WorkItem item)
    {
        if (await tx.Execute(Sql.Hold, new { item.Id, item.Fence }) != 1) throw new LeaseLostException(item.Id);
    }

    internal static async Task Progress(Tx tx, WorkItem item, string step, int percent, string message)
    {
        var touched = await tx.Execute(Sql.Progress, new { item.Id, item.Fence, Step = step, Progress = percent, Message = Cut(message, 400) });
        if (touched != 1) throw new LeaseLostException(item.Id);
    }

    internal static async Task End(Tx tx, WorkItem item, string state, string? code, string? text, DateTimeOffset now)
    {
        var touched = await tx.Execute(
            Sql.End, new { item.Id, item.Fence, State = state, Code = Cut(code, 80), Text = Cut(text, 1000), Now = now, Full = state == "done" });
        if (touched != 1) throw new LeaseLostException(item.Id);
    }

    internal static async Task Later(Tx tx, WorkItem item, DateTimeOffset at, string code, string text, int attempts)
    {
        var touched = await tx.Execute(
            Sql.Later, new { item.Id, item.Fence, At = at, Code = Cut(code, 80), Text = Cut(text, 1000), Attempts = attempts });
        if (touched != 1) throw new LeaseLostException(item.Id);
    }

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;

    internal static class Sql
    {
        public const string Add = """
            insert into WorkItem (Id, Command, Resource, AccountId, DedupKey, State, Progress, Attempts, NextTryAt, Fence,
                Input, PromisedAt, CreatedAt, TraceParent)
            select @Id, @Command, @Resource, @AccountId, @DedupKey, 'ready', 0, 0, @NextTryAt, 0,
                @Input, @PromisedAt, @Now, @TraceParent
            where not exists (select 1 from WorkItem where DedupKey = @DedupKey)
            """;

        public const string ByDedupKey = "select Id from WorkItem where DedupKey = @DedupKey";

        public const string Columns = """
            Id, Command, Resource, AccountId, State, Step, Progress, Message, Attempts, NextTryAt, Fence, ErrorCode, ErrorText,
            Input, PromisedAt, CreatedAt, StartedAt, EndedAt, TraceParent
            """;

        public const string Due = $"""
            -- all accounts: the worker serves everybody
            select {Columns}
            from (
                select {Columns}, row_number() over (order by NextTryAt, Id) as Position
                from WorkItem
                where EndedAt is null
                    and NextTryAt <= @Now
                    and (LeaseUntil is null or LeaseUntil <= @Now)
                    and Command in (@Commands)
            ) due
            where Position between @First and @Last
            order by NextTryAt, Id
            """;

        public const string Claim = """
            update WorkItem
            set State = 'running', LeaseOwner = @Owner, LeaseUntil = @Until, Fence = Fence + 1, StartedAt = coalesce(StartedAt, @Now)
            where Id = @Id
                and Fence = @Fence
                and EndedAt is null
                and (LeaseUntil is null or LeaseUntil <= @Now)
            """;

        public const string Renew = "update WorkItem set LeaseUntil = @Until where Id = @Id and Fence = @Fence and EndedAt is null";

        public const string Hold = "update WorkItem set Fence = Fence where Id = @Id and Fence = @Fence and EndedAt is null";

        public const string Progress = """
            update WorkItem
            set Step = @Step, Progress = @Progress, Message = @Message
            where Id = @Id and Fence = @Fence and EndedAt is null
            """;

        public const string End = """
            update WorkItem
            set State = @State, LeaseOwner = null, LeaseUntil = null, EndedAt = @Now, ErrorCode = @Code, ErrorText = @Text,
                Progress = case when @Full = 1 then 100 else Progress end
            where Id = @Id and Fence = @Fence and EndedAt is null
            """;

        public const string Later = """
            update WorkItem
            set State = 'ready', LeaseOwner = null, LeaseUntil = null, NextTryAt = @At, ErrorCode = @Code, ErrorText = @Text,
                Attempts = @Attempts
            where Id = @Id and Fence = @Fence and EndedAt is null
            """;
    }
}
