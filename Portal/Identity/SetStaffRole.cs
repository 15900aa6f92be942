using Database;

namespace Portal.Identity;

/// <summary>Somebody of the staff.</summary>
internal sealed record StaffPerson
{
    public PersonId Id { get; init; }

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    public string StaffRole { get; init; } = "";
}

/// <summary>Gives somebody a staff role, or takes it. The role of administrator is never taken from the last who has it.</summary>
internal static class SetStaffRole
{
    public static async Task<bool> Run(Tx tx, PersonId person, string? role)
    {
        await tx.Execute(Sql.Hold);
        return await tx.Execute(Sql.Set, new { Id = person, StaffRole = role }) == 1;
    }

    public static Task<IReadOnlyList<StaffPerson>> Everybody(Db db) => db.Query<StaffPerson>(Sql.Everybody);

    internal static class Sql
    {
        // two administrators who end each other at once stand in line, on both engines
        public const string Hold = "update Person set StaffRole = StaffRole where StaffRole = 'administrator'";

        public const string Set = """
            update Person
            set StaffRole = @StaffRole
            where Id = @Id
                and ClosedAt is null
                and (StaffRole is null
                    or StaffRole <> 'administrator'
                    or @StaffRole = 'administrator'
                    or exists (select 1 from Person o where o.Id <> @Id and o.StaffRole = 'administrator' and o.ClosedAt is null))
            """;

        public const string Everybody = """
            select Id, FullName, Email, StaffRole
            from Person
            where StaffRole is not null
                and ClosedAt is null
            order by FullName, Id
            """;
    }
}
