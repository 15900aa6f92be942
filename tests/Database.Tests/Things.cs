using Testing;

namespace Database.Tests;

internal readonly record struct ThingId(string Value) : IId<ThingId>
{
    public static string Prefix => "thg";

    public static ThingId From(string value) => new(value);

    public override string ToString() => Value;
}

internal sealed record Thing
{
    public ThingId Id { get; init; }
    public ThingId? OwnerId { get; init; }
    public string Name { get; init; } = "";
    public string? Body { get; init; }
    public DateTimeOffset SeenAt { get; init; }
    public DateTimeOffset? GoneAt { get; init; }
    public DateOnly OnDay { get; init; }
    public bool IsGood { get; init; }
    public long Amount { get; init; }
}

/// <summary>A schema with every column type of the house, for tests of the core alone.</summary>
internal static class Things
{
    public static readonly DateTimeOffset Now = new(2026, 3, 31, 18, 45, 30, 123, TimeSpan.Zero);

    public static readonly Migration Migration = new(1, "things", """
        -- room: Database
        -- immutable: Verdict

        create table Thing (
            Id varchar(30) not null constraint PK_Thing primary key,
            OwnerId varchar(30) null constraint FK_Thing_Owner references Thing (Id),
            Name nvarchar(20) not null constraint UQ_Thing_Name unique,
            Body nvarchar(max) null,
            SeenAt datetime2(3) not null,
            GoneAt datetime2(3) null,
            OnDay varchar(10) not null,
            IsGood bit not null,
            Amount bigint not null
        );

        create table Verdict (
            Number int not null constraint PK_Verdict primary key,
            Words varchar(40) not null
        );
        """);

    public static async Task<TestDatabase> Create(string engine)
    {
        var database = TestDatabase.Empty(engine);
        await TestDatabase.Migrator(database.Db).Migrate([Migration]);
        return database;
    }

    public static Thing New(string name, DateTimeOffset? seenAt = null) => new()
    {
        Id = Id.New<ThingId>(Now),
        Name = name,
        SeenAt = seenAt ?? Now,
        OnDay = Ist.Date(Now),
        IsGood = true,
        Amount = 9_007_199_254_740_993,
    };

    public static Task Add(this Db db, params Thing[] things) => db.Write(async tx =>
    {
        foreach (var thing in things) await tx.Execute(Sql.Add, thing);
    });

    public static Task<IReadOnlyList<Thing>> All(this Db db) => db.Query<Thing>(Sql.All);

    internal static class Sql
    {
        public const string Add = """
            insert into Thing (Id, OwnerId, Name, Body, SeenAt, GoneAt, OnDay, IsGood, Amount)
            values (@Id, @OwnerId, @Name, @Body, @SeenAt, @GoneAt, @OnDay, @IsGood, @Amount)
            """;

        public const string All = "select Id, OwnerId, Name, Body, SeenAt, GoneAt, OnDay, IsGood, Amount from Thing order by SeenAt, Name";

        public const string Some = "select Name from Thing where Id in (@Ids) and SeenAt <= @Now order by Name";

        public const string ByInstant = "select Name from Thing where SeenAt > @Now order by SeenAt";

        public const string Increase = "update Thing set Amount = Amount + 1 where Id = @Id";

        public const string Amount = "select Amount from Thing where Id = @Id";

        public const string Judge = "insert into Verdict (Number, Words) values (@Number, @Words)";

        public const string Reconsider = "update Verdict set Words = @Words where Number = @Number";

        public const string Forget = "delete from Verdict where Number = @Number";

        public const string Verdicts = "select Words from Verdict order by Number";

        public const string CountVerdicts = "select count(*) from Verdict";
    }
}
