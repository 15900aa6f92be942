-- room: Portal/Staff

create table StaffAccess (
    Id varchar(30) not null constraint PK_StaffAccess primary key,
    PersonId varchar(30) not null constraint FK_StaffAccess_Person references Person (Id),
    AccountId varchar(30) not null constraint FK_StaffAccess_Account references Account (Id),
    SessionId varchar(30) not null constraint FK_StaffAccess_PortalSession references PortalSession (Id),
    Mode varchar(5) not null constraint CK_StaffAccess_Mode check (Mode in ('read', 'write')),
    Reason nvarchar(400) not null,
    WriteReason nvarchar(400) null,
    StartedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    EndedAt datetime2(3) null
);

create index IX_StaffAccess_Account on StaffAccess (AccountId, Id);
create unique index UQ_StaffAccess_Session on StaffAccess (SessionId) where EndedAt is null;
