-- room: Portal/Audit
-- immutable: AuditEvent

create table AuditEvent (
    Id varchar(30) not null constraint PK_AuditEvent primary key,
    AccountId varchar(30) null,
    PersonId varchar(30) null,
    OnBehalfOf varchar(60) null,
    ClientId varchar(60) null,
    Action varchar(60) not null,
    Resource varchar(60) null,
    Ip varchar(45) null,
    UserAgent nvarchar(400) null,
    Before nvarchar(max) null,
    After nvarchar(max) null,
    Reason nvarchar(400) null,
    HappenedAt datetime2(3) not null
);

create index IX_AuditEvent_AccountId on AuditEvent (AccountId, Id);
